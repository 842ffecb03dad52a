// What the compiler refuses because the server would. Nobody runs this: it is proved by compiling.

import type { Schemas, Tenon } from "tenon-sdk";

export async function refused(shop: Tenon): Promise<void> {
  // @ts-expect-error: a member that does not exist
  await shop.post("/v1/carts", { body: { curency: "EUR" } });
  // @ts-expect-error: a change without `If-Match`
  await shop.patch("/v1/me", { body: { display_name: "Ada" } });
  // @ts-expect-error: a path parameter is missing
  await shop.get("/v1/products/{id}");
  // @ts-expect-error: no such path
  await shop.get("/v1/teapots");
  // @ts-expect-error: no list
  shop.items("/v1/me");
  // @ts-expect-error: a stream has no end
  await shop.get("/v1/events/stream");
  // @ts-expect-error: a change of another thing
  await shop.modify("/v1/me", {}, () => ({ currency: "EUR" }));
}

/** What must compile, as what it is. */
export async function taken(shop: Tenon): Promise<[Schemas["Checkout"], Schemas["Product"], undefined]> {
  const checkout = await shop.post("/v1/checkouts", { body: { cart_id: "crt_0" } });
  const products = await shop.get("/v1/products");
  const product = products.data.data[0];
  if (product === undefined) throw new Error("an index may lead nowhere");
  const gone = await shop.delete("/v1/auth/sessions/current");
  return [checkout.data, product, gone.data];
}
