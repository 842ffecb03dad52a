// Writes what follows from the OpenAPI document: `schema.ts`, by openapi-typescript, and `operations.ts`, what the client
// must know about an operation beyond its types. `node generate.mjs <openapi.json> <folder>`

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";

const METHODS = ["get", "put", "post", "patch", "delete"];
const HEAD = "// Generated from docs/openapi.json: `cargo xtask sdk check --bless`.\n\n";

const [source, folder] = process.argv.slice(2);
if (!source || !folder) throw new Error("node generate.mjs <openapi.json> <folder>");
const document = JSON.parse(await readFile(source, "utf8"));
await mkdir(folder, { recursive: true });
await writeFile(join(folder, "operations.ts"), HEAD + operations(document) + errorCodes(document));
await writeFile(join(folder, "schema.ts"), HEAD + astToString(await openapiTS(forCallers(withoutExamples(document)))));

/** Types are read beside the documentation, which has the examples. */
function withoutExamples(value) {
  if (Array.isArray(value)) return value.map(withoutExamples);
  if (!value || typeof value !== "object") return value;
  const isShown = "schema" in value; // a parameter or a body, not a member of that name
  const members = Object.entries(value).filter(([name]) => !(isShown && name === "example"));
  return Object.fromEntries(members.map(([name, member]) => [name, withoutExamples(member)]));
}

/** One row an operation, by method and path. */
function operations(document) {
  const rows = [];
  for (const { path, method, operation } of all(document)) {
    const header = (name) => operation.parameters?.some((one) => one.in === "header" && one.name === name) ?? false;
    const body = Object.keys(operation.requestBody?.content ?? {})[0];
    const row = {
      id: operation.operationId,
      ...(header("Idempotency-Key") && { keyed: true }),
      ...(header("Cart-Token") && { cartToken: true }),
      ...(operation.security?.some((one) => "bearer" in one) && { bearer: true }),
      ...(body && { body }),
    };
    const members = Object.entries(row).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    rows.push(`  "${method.toUpperCase()} ${path}": { ${members.join(", ")} },\n`);
  }
  return `/** What the client must know about an operation beyond its types. */
export interface Operation {
  /** Its \`operationId\`. */
  readonly id: string;
  /** Takes an \`Idempotency-Key\`: repeats with the same one have one effect. */
  readonly keyed?: true;
  /** Takes the secret of a guest's cart. */
  readonly cartToken?: true;
  /** Takes an access token. */
  readonly bearer?: true;
  /** Media type of its body. */
  readonly body?: string;
}

/** All operations, by method and path. */
export const operations: Readonly<Record<string, Operation>> = {
${rows.join("")}};

`;
}

/** Every code that an answer of the API can have. */
function errorCodes(document) {
  const codes = new Set();
  const responses = [...all(document)].flatMap(({ operation }) => Object.values(operation.responses));
  for (const response of [...responses, ...Object.values(document.components.responses)]) {
    for (const code of response["x-codes"] ?? []) codes.add(code);
  }
  const lines = [...codes].sort().map((code) => `  | ${JSON.stringify(code)}\n`);
  return `/** The codes of problem documents; each has a page at \`/errors/{code}\`. */\nexport type ErrorCode =\n${lines.join("").trimEnd()};\n`;
}

/** The document as callers see it: what the client sends by itself is not asked of them. */
function forCallers(document) {
  const copy = structuredClone(document);
  delete copy.components.responses;
  for (const { operation } of all(copy)) {
    // `getIfChanged` sends `If-None-Match`; nobody else can do anything with a 304.
    operation.parameters = operation.parameters?.filter((one) => one.name !== "If-None-Match");
    // What is no success is thrown, as the one type that all errors have.
    operation.responses = Object.fromEntries(Object.entries(operation.responses).filter(([status]) => status < "300"));
    // Beside 200 it is for `Prefer: return=minimal`: who sends that expects no body, and nobody else has to check for one.
    if (operation.responses["200"]) delete operation.responses["204"];
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in === "header" && parameter.name === "Idempotency-Key") parameter.required = false;
    }
  }
  return copy;
}

function* all(document) {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      if (item[method]) yield { path, method, operation: item[method] };
    }
  }
}
