// A client whose server is a list of answers, and which never really waits.

import { type Options, Tenon } from "tenon-sdk";

/** What the server says: an answer, or nothing because the connection broke. */
export type Reply = Response | "lost";

/** What was asked, and how long was waited before. */
export interface Seen {
  requests: Request[];
  waits: number[];
}

/** Answers in the order of the list; fails when more is asked. */
export function serverOf(replies: Reply[], options: Partial<Options> = {}): { shop: Tenon; seen: Seen } {
  const seen: Seen = { requests: [], waits: [] };
  const shop = new Tenon({
    baseUrl: "https://shop.example.com",
    random: () => 0,
    sleep: async (ms) => {
      seen.waits.push(ms);
    },
    fetch: async (request) => {
      seen.requests.push(request.clone());
      const reply = replies.shift();
      if (reply === undefined) throw new Error("nobody expected a further request");
      if (reply === "lost") throw new TypeError("connection reset");
      return reply;
    },
    ...options,
  });
  return { shop, seen };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

export function problem(
  status: number,
  code: string,
  retry: string,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  const body = { type: `/errors/${code}`, title: code, status, code, retry, ...more };
  return json(status, body, { "content-type": "application/problem+json", ...headers });
}
