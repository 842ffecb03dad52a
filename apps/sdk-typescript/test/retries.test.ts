// What is sent again, when, and under which key.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TenonConnectionError, TenonError } from "tenon-sdk";
import { json, problem, serverOf } from "./support.js";

const CHECKOUT = { body: { cart_id: "crt_0" } };

test("a command whose answers are lost is sent again under one key", async () => {
  const { shop, seen } = serverOf(["lost", "lost", json(201, { id: "chk_0" })]);
  const { data } = await shop.post("/v1/checkouts", CHECKOUT);
  assert.equal(data.id, "chk_0");
  const keys = seen.requests.map((one) => one.headers.get("idempotency-key"));
  assert.equal(keys.length, 3);
  assert.match(keys[0] ?? "", /^[0-9a-f]{32}$/);
  assert.equal(new Set(keys).size, 1);
  assert.deepEqual(seen.waits, [100, 200], "the pause doubles");
  assert.deepEqual(await seen.requests[2]?.json(), CHECKOUT.body, "the body goes with every attempt");
});

test("two commands have two keys, and a key of the caller's stays", async () => {
  const { shop, seen } = serverOf([json(201, {}), json(201, {}), json(201, {})]);
  await shop.post("/v1/checkouts", CHECKOUT);
  await shop.post("/v1/checkouts", CHECKOUT);
  await shop.post("/v1/checkouts", { ...CHECKOUT, params: { header: { "Idempotency-Key": "mine" } } });
  const [first, second, third] = seen.requests.map((one) => one.headers.get("idempotency-key"));
  assert.notEqual(first, second);
  assert.equal(third, "mine");
});

test("an answer that breaks off is asked for again", async () => {
  const broken = new ReadableStream({ start: (controller) => controller.error(new TypeError("terminated")) });
  const { shop, seen } = serverOf([new Response(broken, { status: 201 }), json(201, { id: "chk_0" })]);
  assert.equal((await shop.post("/v1/checkouts", CHECKOUT)).data.id, "chk_0");
  assert.equal(seen.requests.length, 2);
});

test("what has no key is not sent again, and the error says that nothing is known", async () => {
  const { shop, seen } = serverOf(["lost"]);
  await assert.rejects(shop.post("/v1/carts", { body: {} }), (error) => {
    assert(error instanceof TenonConnectionError);
    assert.equal(error.call.idempotencyKey, undefined);
    return error.attempts === 1;
  });
  assert.equal(seen.requests.length, 1);
});

test("after the last attempt the error has the key for a later one", async () => {
  const { shop } = serverOf(["lost", "lost"], { attempts: 2, newKey: () => "k1" });
  await assert.rejects(shop.post("/v1/checkouts", CHECKOUT), (error) => {
    assert(error instanceof TenonConnectionError);
    assert.deepEqual([error.attempts, error.call.idempotencyKey], [2, "k1"]);
    return true;
  });
});

test("Retry-After is waited for, also where nothing has a key", async () => {
  const limited = problem(429, "rate_limited", "after", { retry_after_ms: 1500 }, { "retry-after": "2" });
  const { shop, seen } = serverOf([limited, json(201, { id: "crt_0" })]);
  assert.equal((await shop.post("/v1/carts", { body: {} })).data.id, "crt_0");
  assert.deepEqual(seen.waits, [2000], "the longer of the two");
});

test("a date in Retry-After counts, also from something that speaks no problem documents", async () => {
  const date = new Date(Date.now() + 5000).toUTCString();
  const busy = new Response("<html>", { status: 503, headers: { "retry-after": date } });
  const { shop, seen } = serverOf([busy, json(200, { data: [], next_cursor: null, has_more: false })]);
  await shop.get("/v1/products");
  const [wait = 0] = seen.waits;
  assert(wait > 3000 && wait <= 5000, `${wait}`);
});

test("a wait beyond patience is the caller's to decide", async () => {
  const limited = problem(429, "rate_limited", "after", {}, { "retry-after": "3600" });
  const { shop, seen } = serverOf([limited]);
  await assert.rejects(shop.get("/v1/products"), (error) => {
    assert(error instanceof TenonError && error.is("rate_limited"));
    return error.retryAfterMs === 3_600_000;
  });
  assert.deepEqual(seen.waits, []);
});

test("an unavailable server is asked again only for what may be repeated", async () => {
  const away = () => problem(503, "unavailable", "after", {}, { "retry-after": "1" });
  const keyed = serverOf([away(), json(201, { id: "chk_0" })]);
  await keyed.shop.post("/v1/checkouts", CHECKOUT);
  assert.deepEqual(keyed.seen.waits, [1000]);
  const unkeyed = serverOf([away()]);
  await assert.rejects(unkeyed.shop.post("/v1/carts", { body: {} }), TenonError);
});

test("a failure here that may be repeated under the same key is; one that says never is not", async () => {
  const again = serverOf([problem(500, "internal", "same_key"), json(201, { id: "chk_0" })]);
  await again.shop.post("/v1/checkouts", CHECKOUT);
  assert.equal(again.seen.requests.length, 2);
  for (const retry of ["never", "new_key"]) {
    const once = serverOf([problem(409, "orders.cart_incomplete", retry)]);
    await assert.rejects(once.shop.post("/v1/checkouts", CHECKOUT), TenonError);
    assert.equal(once.seen.requests.length, 1);
  }
});

test("an answer that does not come in time is lost", async () => {
  const never = (request: Request) =>
    new Promise<Response>((_, reject) => {
      request.signal.addEventListener("abort", () => reject(request.signal.reason));
    });
  const { shop, seen } = serverOf([], { fetch: never, timeoutMs: 1, attempts: 3 });
  await assert.rejects(shop.get("/v1/products"), /no answer after 3 attempts \(no answer within 1 ms\)/);
  assert.equal(seen.waits.length, 2);
});

test("a caller who gives up is told so, and nothing is sent again", async () => {
  const { shop, seen } = serverOf(["lost", "lost"], {
    sleep: async (_, signal) => {
      giveUp.abort(new Error("enough"));
      signal.throwIfAborted();
    },
  });
  const giveUp = new AbortController();
  await assert.rejects(shop.get("/v1/products", { signal: giveUp.signal }), /enough/);
  assert.equal(seen.requests.length, 1);
});
