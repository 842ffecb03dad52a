// Sends a request until there is an answer to keep, as the answers ask for it.

import { type Call, TenonConnectionError, peek, waitOf } from "./errors.js";

/** How patient the client is. */
export interface Patience {
  /** How often a request is sent at most. */
  attempts: number;
  /** How long an answer may take, in milliseconds. */
  timeoutMs: number;
  /** The longest pause before a request is sent again; an answer that asks for more is given to the caller. */
  maxWaitMs: number;
  /** The pause before the second attempt where the answer names none; it doubles from then on. */
  pauseMs: number;
}

/** What a client has unless told otherwise. */
export const PATIENCE: Patience = { attempts: 5, timeoutMs: 30_000, maxWaitMs: 60_000, pauseMs: 200 };

/** What tests replace. */
export interface Surroundings {
  fetch: (request: Request) => Promise<Response>;
  /** Waits; rejects when the signal says that nobody waits any more. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1. */
  random: () => number;
}

/**
 * Sends it. A request that is not `repeatable` is sent again only where the server says that nothing was done.
 *
 * Throws `TenonConnectionError` without an answer, and the reason of the request's own signal if that ends it.
 */
export async function send(
  request: Request,
  call: Call,
  repeatable: boolean,
  patience: Patience,
  { fetch, sleep, random }: Surroundings,
): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt >= patience.attempts;
    // Others were turned away at the same moment: nobody is to come back together with them.
    const pause = patience.pauseMs * 2 ** (attempt - 1) * (0.5 + random() / 2);
    let wait: number | undefined;
    try {
      const response = await once(request, patience.timeoutMs, fetch);
      wait = await waitBefore(response, repeatable, pause, random);
      if (wait === undefined || isLast || wait > patience.maxWaitMs) return response;
    } catch (cause) {
      if (request.signal.aborted) throw request.signal.reason;
      if (!repeatable || isLast) throw new TenonConnectionError(call, attempt, cause);
      wait = Math.min(pause, patience.maxWaitMs);
    }
    await sleep(wait, request.signal);
  }
}

/** How long to wait before the same request is sent again, in milliseconds; `undefined` if it is not to be. */
async function waitBefore(
  response: Response,
  repeatable: boolean,
  pause: number,
  random: () => number,
): Promise<number | undefined> {
  if (response.status < 400) return undefined;
  const problem = await peek(response);
  const asked = waitOf(problem, response.headers);
  const afterAsked = asked === undefined ? pause : asked + random() * Math.min(asked, 1000) * 0.2;
  // A limit is looked at before anything is done.
  const mayRepeat = repeatable || response.status === 429;
  if (!mayRepeat) return undefined;
  if (problem === undefined) return [429, 502, 503, 504].includes(response.status) ? afterAsked : undefined;
  if (problem.retry === "after") return afterAsked;
  return problem.retry === "same_key" ? pause : undefined;
}

async function once(request: Request, timeoutMs: number, fetch: Surroundings["fetch"]): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    const signal = AbortSignal.any([request.signal, late.signal]);
    return await whole(await fetch(new Request(request.clone(), { signal })));
  } finally {
    clearTimeout(timer);
  }
}

/** The answer with its body in memory: one that breaks off is none, and is asked for again. */
async function whole(response: Response): Promise<Response> {
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  return new Response(await response.arrayBuffer(), { status, statusText, headers });
}

/** Waits in real time. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
