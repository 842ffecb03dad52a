// TypeScript client of the Tenon REST API.

export { Tenon, etagOf, type Options, type Token } from "./client.js";
export { NO_PROBLEM, TenonConnectionError, TenonError, type Call, type Problem } from "./errors.js";
export type { ErrorCode } from "./generated/operations.js";
export type { components, operations, paths } from "./generated/schema.js";
export type { Patience } from "./retry.js";
export type { Answer, Item, ListPath, Page, Schemas } from "./types.js";
