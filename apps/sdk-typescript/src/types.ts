// Types of calls and answers, computed from the generated schema.

import type { FetchOptions } from "openapi-fetch";
import type {
  FilterKeys,
  HttpMethod,
  OperationRequestBodyContent,
  PathsWithMethod,
  RequiredKeysOf,
  ResponseObjectMap,
  SuccessResponse,
} from "openapi-typescript-helpers";
import type { components, paths } from "./generated/schema.js";

/** Everything that the API reads and writes, by name: `Schemas["Cart"]`. */
export type Schemas = components["schemas"];

/** Methods that the API uses. */
export type Method = Extract<HttpMethod, "get" | "put" | "post" | "patch" | "delete">;

/** Pages for browsers, and a stream for an event source: no calls. */
type NoCall = "/oauth/authorize" | "/oauth/sign-in" | "/oauth/consent" | "/v1/events/stream";

/** Paths that have a method: `"/v1/carts/{cart_id}"`. */
export type PathOf<M extends Method> = Exclude<PathsWithMethod<paths, M>, NoCall>;

type Given<I> = Pick<I, Extract<keyof I, "params" | "body" | "signal">>;

/** What a call needs: `params.path`, `params.query`, `params.header` and `body` as far as the operation has them; `signal`. */
export type Init<M extends Method, P extends PathOf<M>> = Given<FetchOptions<FilterKeys<paths[P], M>>>;

/** The same as an argument, which may be left out where nothing in it is required. */
export type InitArgument<I> = RequiredKeysOf<I> extends never ? [init?: I] : [init: I];

/** The body of the answer; `undefined` where there is none. */
export type Data<M extends Method, P extends PathOf<M>> = M extends keyof paths[P]
  ? paths[P][M] extends Record<string | number, unknown>
    ? SuccessResponse<ResponseObjectMap<paths[P][M]>, "application/json">
    : never
  : never;

/** A successful answer. */
export interface Answer<T> {
  readonly status: number;
  /** The body; `undefined` where the operation has none. */
  readonly data: T;
  /** The version of the thing, for `If-Match`; `undefined` where it has none. */
  readonly etag: string | undefined;
  /** `Location`, `Cart-Token`, `Idempotent-Replayed`, … */
  readonly headers: Headers;
}

/** One page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

/** Paths that answer with pages. */
export type ListPath = {
  [P in PathOf<"get">]: Data<"get", P> extends Page<unknown> ? P : never;
}[PathOf<"get">];

/** What a list has on its pages. */
export type Item<P extends ListPath> = Data<"get", P> extends Page<infer T> ? T : never;

/** Paths of things that are read and changed under their version. */
export type VersionedPath = Extract<PathOf<"get">, PathOf<"patch">>;

/** What a change of such a thing is made of. */
export type Change<P extends VersionedPath> = paths[P] extends { patch: infer O } ? OperationRequestBodyContent<O> : never;
