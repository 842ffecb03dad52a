// What a call throws: `TenonError` if the server said no, `TenonConnectionError` if nothing is known.

import type { ErrorCode } from "./generated/operations.js";
import type { Schemas } from "./types.js";

/** A problem document (RFC 9457). */
export type Problem = Schemas["Problem"];

/** The code of an answer that is no problem document, from whatever stands between client and server. */
export const NO_PROBLEM = "no_problem_document";

/** Which call it was. */
export interface Call {
  readonly method: string;
  /** As in the document: `/v1/carts/{cart_id}`. */
  readonly path: string;
  /** The key that was sent; send it again with the same call, and it still has one effect. */
  readonly idempotencyKey: string | undefined;
}

/** The server refused. `code` is stable, and has a page at `/errors/{code}`. */
export class TenonError extends Error {
  override readonly name = "TenonError";
  /** Codes of the document, those of RFC 6749 from `/oauth/…`, or `NO_PROBLEM`. */
  readonly code: ErrorCode | typeof NO_PROBLEM | (string & {});
  /** What to do next; `never` where the answer does not say. */
  readonly retry: Problem["retry"];
  /** How long to wait first, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The wrong members. */
  readonly errors: NonNullable<Problem["errors"]>;
  /** Names the request in the server's logs. */
  readonly traceId: string | undefined;

  constructor(
    readonly call: Call,
    readonly status: number,
    /** As it came; `undefined` if the answer was no problem document. Codes may have further members in it. */
    readonly problem: (Problem & Record<string, unknown>) | undefined,
    /** `error` and `error_description` of RFC 6749. */
    oauth: { error: string; error_description?: string } | undefined,
    headers: Headers,
  ) {
    const code = problem?.code ?? oauth?.error ?? NO_PROBLEM;
    const detail = problem?.detail ?? problem?.title ?? oauth?.error_description;
    const wrong = problem?.errors?.map((one) => `${one.pointer} ${one.detail}`) ?? [];
    super([`${call.method} ${call.path}: ${status} ${code}`, detail, ...wrong].filter(Boolean).join("; "));
    this.code = code;
    this.retry = problem?.retry ?? "never";
    this.retryAfterMs = waitOf(problem, headers);
    this.errors = problem?.errors ?? [];
    this.traceId = problem?.trace_id ?? headers.get("trace-id") ?? undefined;
  }

  /** Reads an answer that is no success. */
  static async from(call: Call, response: Response): Promise<TenonError> {
    const body = await bodyOf(response);
    const problem = asProblem(body);
    const oauth = isRecord(body) && typeof body["error"] === "string" ? (body as { error: string }) : undefined;
    return new TenonError(call, response.status, problem, oauth, response.headers);
  }

  /** Whether it is one of these. */
  is(...codes: ErrorCode[]): boolean {
    return (codes as string[]).includes(this.code);
  }
}

/** No answer, however often it was tried: whether the command had its effect is unknown. */
export class TenonConnectionError extends Error {
  override readonly name = "TenonConnectionError";

  constructor(
    readonly call: Call,
    /** How often it was sent. */
    readonly attempts: number,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${call.method} ${call.path}: no answer after ${attempts} attempts (${reason})`, { cause });
  }
}

/** The problem document in an answer that can still be read by others. */
export async function peek(response: Response): Promise<Problem | undefined> {
  return asProblem(await bodyOf(response.clone()));
}

/** How long the answer asks to wait, in milliseconds: the longer of `retry_after_ms` and `Retry-After`. */
export function waitOf(problem: Problem | undefined, headers: Headers): number | undefined {
  const given = [problem?.retry_after_ms, retryAfter(headers.get("retry-after"))];
  const known = given.filter((wait) => wait !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** `Retry-After` is a number of seconds or a date (RFC 9110 §10.2.3). */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function asProblem(body: unknown): (Problem & Record<string, unknown>) | undefined {
  const isProblem = isRecord(body) && typeof body["code"] === "string" && typeof body["retry"] === "string";
  return isProblem ? (body as Problem & Record<string, unknown>) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
