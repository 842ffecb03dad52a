// The client: typed calls by method and path, with what every call needs added to it.

import createClient, { type Client } from "openapi-fetch";
import { type Call, TenonError, peek } from "./errors.js";
import { type Operation, operations } from "./generated/operations.js";
import type { paths } from "./generated/schema.js";
import { PATIENCE, type Patience, type Surroundings, send, sleep } from "./retry.js";
import type { Answer, Change, Data, Init, InitArgument, Item, ListPath, Method, PathOf, VersionedPath } from "./types.js";

/** An access token, or who gets one; `refused` is the one that the server no longer takes. */
export type Token = string | ((refused?: string) => string | undefined | Promise<string | undefined>);

/** Where the API is, who asks, and how patiently. */
export interface Options extends Partial<Patience>, Partial<Surroundings> {
  /** `https://shop.example.com`, without `/v1`. */
  baseUrl: string;
  /** Goes with every operation that takes one. Asked before each call, and once more when a token was refused. */
  token?: Token;
  /** The secret of a guest's cart; goes with every operation that takes one. */
  cartToken?: string;
  /** Makes idempotency keys: 1 to 255 visible ASCII characters, never the same twice. */
  newKey?: () => string;
}

/** An `Init` of whatever operation. */
type Loose = { params?: { header?: object; query?: object }; body?: unknown };

/** How often a change is tried again because somebody else was faster. */
const CHANGES = 5;

/** A client of one installation. Every method throws `TenonError` if the server says no. */
export class Tenon {
  readonly #options: Options;
  readonly #raw: Client<paths>;

  constructor(options: Options) {
    this.#options = options;
    this.#raw = createClient<paths>({ baseUrl: options.baseUrl });
  }

  /** The same client with other options: somebody else's token, a guest's cart. */
  with(options: Partial<Options>): Tenon {
    return new Tenon({ ...this.#options, ...options });
  }

  get<P extends PathOf<"get">>(path: P, ...init: InitArgument<Init<"get", P>>): Promise<Answer<Data<"get", P>>> {
    return this.#call("get", path, init[0]);
  }

  post<P extends PathOf<"post">>(path: P, ...init: InitArgument<Init<"post", P>>): Promise<Answer<Data<"post", P>>> {
    return this.#call("post", path, init[0]);
  }

  put<P extends PathOf<"put">>(path: P, ...init: InitArgument<Init<"put", P>>): Promise<Answer<Data<"put", P>>> {
    return this.#call("put", path, init[0]);
  }

  patch<P extends PathOf<"patch">>(path: P, ...init: InitArgument<Init<"patch", P>>): Promise<Answer<Data<"patch", P>>> {
    return this.#call("patch", path, init[0]);
  }

  delete<P extends PathOf<"delete">>(
    path: P,
    ...init: InitArgument<Init<"delete", P>>
  ): Promise<Answer<Data<"delete", P>>> {
    return this.#call("delete", path, init[0]);
  }

  /** Reads a thing again; `undefined` if it is still as it was with this `etag`. */
  async getIfChanged<P extends PathOf<"get">>(
    path: P,
    etag: string,
    ...init: InitArgument<Init<"get", P>>
  ): Promise<Answer<Data<"get", P>> | undefined> {
    const answer = await this.#call("get", path, withHeader(init[0], "If-None-Match", etag));
    return answer.status === 304 ? undefined : answer;
  }

  /**
   * Reads a thing, lets `change` say what is to be different, and writes that under the version that was read. If somebody
   * else was faster (412), it is read and changed again; `change` may run several times.
   */
  async modify<P extends VersionedPath>(
    path: P,
    init: Omit<Init<"get", P>, "body">,
    change: (current: Data<"get", P>) => Change<P> | Promise<Change<P>>,
  ): Promise<Answer<Data<"patch", P>>> {
    for (let attempt = 1; ; attempt += 1) {
      const read = await this.#call("get", path, init);
      const body = await change(read.data);
      const versioned = withHeader({ ...init, body }, "If-Match", read.etag);
      try {
        return await this.#call("patch", path, versioned);
      } catch (error) {
        const wasSlower = error instanceof TenonError && error.status === 412;
        if (!wasSlower || attempt >= CHANGES) throw error;
      }
    }
  }

  /** The pages of a list, each asked for when it is needed. */
  async *pages<P extends ListPath>(path: P, ...init: InitArgument<Init<"get", P>>): AsyncGenerator<Data<"get", P>> {
    const given = (init[0] ?? {}) as Loose;
    let cursor: string | null | undefined;
    do {
      const query = { ...given.params?.query, ...(cursor && { cursor }) };
      const { data } = await this.#call("get", path, { ...given, params: { ...given.params, query } });
      yield data;
      const { has_more, next_cursor } = data as { has_more: boolean; next_cursor: string | null };
      cursor = has_more ? next_cursor : undefined;
    } while (cursor);
  }

  /** What is on the pages of a list, one by one. */
  async *items<P extends ListPath>(path: P, ...init: InitArgument<Init<"get", P>>): AsyncGenerator<Item<P>> {
    for await (const page of this.pages(path, ...init)) {
      yield* (page as { data: Item<P>[] }).data;
    }
  }

  async #call<M extends Method, P extends PathOf<M>>(method: M, path: P, init: unknown): Promise<Answer<Data<M, P>>> {
    const operation = operations[`${method.toUpperCase()} ${String(path)}`];
    if (operation === undefined) throw new TypeError(`there is no ${method.toUpperCase()} ${String(path)}`);
    const given = (init ?? {}) as Loose;
    const header = this.#headers(operation, given);
    const key = header["Idempotency-Key"] as string | undefined;
    const call = { method: method.toUpperCase(), path: String(path), idempotencyKey: key };
    const fetch = async (request: Request) => {
      const answered = await this.#send(request, call, operation);
      // A failure is read here, whole; the generated client reads successes.
      if (answered.status >= 400) throw await TenonError.from(call, answered);
      return answered;
    };
    // The types of the call were checked where it was made.
    const ask = this.#raw.request as unknown as (m: string, p: string, i: unknown) => Promise<{ data?: unknown; response: Response }>;
    const { data, response } = await ask(method, String(path), { ...given, fetch, params: { ...given.params, header } });
    return {
      status: response.status,
      data: data as Data<M, P>,
      etag: response.headers.get("etag") ?? undefined,
      headers: response.headers,
    };
  }

  /** What the caller gave, and what every call of this operation needs. */
  #headers(operation: Operation, given: Loose): Record<string, unknown> {
    const header: Record<string, unknown> = { ...given.params?.header };
    if (operation.keyed) header["Idempotency-Key"] ??= (this.#options.newKey ?? newKey)();
    if (operation.cartToken && this.#options.cartToken) header["Cart-Token"] ??= this.#options.cartToken;
    if (operation.body && given.body !== undefined) header["Content-Type"] ??= operation.body;
    return header;
  }

  async #send(request: Request, call: Call, operation: Operation): Promise<Response> {
    const options = this.#options;
    const patience = { ...PATIENCE, ...defined(options) };
    const surroundings = {
      fetch: options.fetch ?? ((one: Request) => globalThis.fetch(one)),
      sleep: options.sleep ?? sleep,
      random: options.random ?? Math.random,
    };
    const isSafe = call.method === "GET";
    const go = (one: Request) => send(one, call, isSafe || operation.keyed === true, patience, surroundings);
    if (!operation.bearer || options.token === undefined) return go(request);

    const token = await ask(options.token);
    const response = await go(bearing(request, token));
    if (response.status !== 401 || typeof options.token === "string" || token === undefined) return response;
    if ((await peek(response))?.code !== "invalid_token") return response;
    const fresh = await ask(options.token, token);
    return fresh === undefined || fresh === token ? response : go(bearing(request, fresh));
  }
}

/** The `ETag` of a version that stands in a body: `If-Match` of a variant, of a cart's line. */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

async function ask(token: Token, refused?: string): Promise<string | undefined> {
  return typeof token === "string" ? token : token(refused);
}

function bearing(request: Request, token: string | undefined): Request {
  const copy = new Request(request.clone());
  if (token !== undefined) copy.headers.set("authorization", `Bearer ${token}`);
  return copy;
}

function withHeader(init: unknown, name: string, value: string | undefined): Loose {
  const given = (init ?? {}) as Loose;
  return { ...given, params: { ...given.params, header: { ...given.params?.header, [name]: value } } };
}

/** Those of the settings that are set. */
function defined(options: Options): Partial<Patience> {
  const names = Object.keys(PATIENCE) as (keyof Patience)[];
  return Object.fromEntries(names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]));
}

/** 128 bits as hexadecimal digits. `randomUUID` would do, but browsers have it on secure pages only. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
