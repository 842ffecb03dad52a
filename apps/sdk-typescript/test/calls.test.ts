// What goes out with a call, and what comes of the answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_PROBLEM, TenonError, etagOf } from "tenon-sdk";
import { json, problem, serverOf } from "./support.js";

const CART = { params: { path: { cart_id: "crt_0" } } };

test("an error has its code, its wrong members and what to do next", async () => {
  const errors = [{ pointer: "/email", code: "invalid_email", detail: "This is no address." }];
  const { shop } = serverOf([problem(422, "identity.invalid_request", "never", { errors, trace_id: "0a" })]);
  const registration = { email: "ada", password: "kettle-on-the-stove", display_name: "Ada" };
  await assert.rejects(shop.post("/v1/auth/registrations", { body: registration }), (error) => {
    assert(error instanceof TenonError);
    assert(error.is("rate_limited", "identity.invalid_request") && !error.is("rate_limited"));
    assert.deepEqual([error.status, error.retry, error.traceId, error.errors], [422, "never", "0a", errors]);
    return error.message.includes("POST /v1/auth/registrations: 422") && error.message.includes("/email This is no address.");
  });
});

test("errors in the form of RFC 6749, and of who speaks no JSON, have a code too", async () => {
  const oauth = serverOf([json(400, { error: "invalid_grant", error_description: "It was used." })]);
  const form = { grant_type: "authorization_code", code: "c" };
  await assert.rejects(oauth.shop.post("/oauth/token", { body: form }), { code: "invalid_grant", status: 400 });
  assert.equal(await oauth.seen.requests[0]?.text(), "grant_type=authorization_code&code=c");
  const proxy = serverOf([new Response("<html>", { status: 413 })]);
  await assert.rejects(proxy.shop.get("/v1/products"), { code: NO_PROBLEM, status: 413, retry: "never" });
});

test("the token goes with what takes one", async () => {
  const { shop, seen } = serverOf([json(200, {}), json(200, {}), json(200, {})], { token: "t1" });
  await shop.get("/v1/me");
  await shop.post("/v1/auth/tokens", { body: { refresh_token: "r" } });
  await shop.with({ token: "t2" }).get("/v1/me");
  const sent = seen.requests.map((one) => one.headers.get("authorization"));
  assert.deepEqual(sent, ["Bearer t1", null, "Bearer t2"]);
});

test("a refused token is exchanged once", async () => {
  const refused: unknown[] = [];
  const token = (old?: string) => {
    refused.push(old);
    return old === undefined ? "old" : "new";
  };
  const expired = () => problem(401, "invalid_token", "never");
  const { shop, seen } = serverOf([expired(), json(200, { id: "usr_0" }), expired(), expired()], { token });
  assert.equal((await shop.get("/v1/me")).data.id, "usr_0");
  assert.deepEqual(refused, [undefined, "old"]);
  assert.equal(seen.requests[1]?.headers.get("authorization"), "Bearer new");
  await assert.rejects(shop.get("/v1/me"), { code: "invalid_token" });
  assert.equal(seen.requests.length, 4);
});

test("the secret of a guest's cart goes with what takes one", async () => {
  const { shop, seen } = serverOf([json(200, {}), json(200, {})], { cartToken: "s" });
  await shop.get("/v1/carts/{cart_id}", CART);
  await shop.get("/v1/products");
  assert.deepEqual(
    seen.requests.map((one) => one.headers.get("cart-token")),
    ["s", null],
  );
});

test("a change is made under the version that was read, and made again when somebody was faster", async () => {
  const { shop, seen } = serverOf([
    json(200, { email: "a@example.org" }, { etag: etagOf(1) }),
    problem(412, "orders.stale_version", "never"),
    json(200, { email: "b@example.org" }, { etag: etagOf(2) }),
    json(200, { email: "B@EXAMPLE.ORG" }, { etag: etagOf(3) }),
  ]);
  const changed = await shop.modify("/v1/carts/{cart_id}", CART, (cart) => ({ email: cart.email?.toUpperCase() ?? null }));
  assert.deepEqual([changed.data.email, changed.etag], ["B@EXAMPLE.ORG", '"v3"']);
  const last = seen.requests[3];
  assert.equal(last?.headers.get("if-match"), '"v2"');
  assert.equal(last?.headers.get("content-type"), "application/merge-patch+json");
  assert.deepEqual(await last?.json(), { email: "B@EXAMPLE.ORG" });
});

test("a thing is read again only if it has changed", async () => {
  const { shop, seen } = serverOf([new Response(null, { status: 304 }), json(200, { id: "crt_0" }, { etag: '"v2"' })]);
  assert.equal(await shop.getIfChanged("/v1/carts/{cart_id}", '"v1"', CART), undefined);
  const changed = await shop.getIfChanged("/v1/carts/{cart_id}", '"v1"', CART);
  assert.equal(changed?.data.id, "crt_0");
  assert.equal(seen.requests[0]?.headers.get("if-none-match"), '"v1"');
});

test("a list is read page by page, with its filter on each", async () => {
  const page = (ids: string[], next_cursor: string | null, has_more = next_cursor !== null) =>
    json(200, { data: ids.map((id) => ({ id })), next_cursor, has_more });
  const { shop, seen } = serverOf([page(["a", "b"], "c1"), page(["c"], null), page(["d"], "c9", false)]);
  const ids: string[] = [];
  for await (const product of shop.items("/v1/products", { params: { query: { limit: 2, q: "tea" } } })) ids.push(product.id);
  assert.deepEqual(ids, ["a", "b", "c"]);
  const asked = seen.requests.map((one) => new URL(one.url).search);
  assert.deepEqual(asked, ["?limit=2&q=tea", "?limit=2&q=tea&cursor=c1"]);
  // The log always has a cursor; that is no reason to ask for ever.
  for await (const log of shop.pages("/v1/events")) assert.equal(log.next_cursor, "c9");
  assert.equal(seen.requests.length, 3);
});

test("nothing comes back where there is no body", async () => {
  const { shop } = serverOf([new Response(null, { status: 204 })]);
  const { status, data } = await shop.delete("/v1/auth/sessions/current");
  assert.deepEqual([status, data], [204, undefined]);
});
