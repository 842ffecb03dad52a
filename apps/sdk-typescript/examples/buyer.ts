// A buyer's way through the client: registers, proves the address, finds tea, fills a cart, checks out, pays, and reads the order.
//
//   node buyer.js <api> <mail catcher> <payment simulator>

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Schemas, Tenon, TenonError } from "tenon-sdk";

const [api, mail, payments] = process.argv.slice(2);
if (!api || !mail || !payments) throw new Error("node buyer.js <api> <mail catcher> <payment simulator>");

/** Set while the next answer is to get lost on its way. */
let losesNextAnswer = false;
const shop = new Tenon({
  baseUrl: api,
  fetch: async (request) => {
    const response = await fetch(request);
    console.log(`    ${request.method} ${new URL(request.url).pathname} -> ${response.status}`);
    if (!losesNextAnswer) return response;
    losesNextAnswer = false;
    console.log("    (this answer is lost)");
    throw new TypeError("connection reset");
  },
});

step(1, "A stranger registers, and proves the address with the mail that came");
const email = `ada.sdk.${process.pid}@example.org`;
const password = `kettle-on-the-stove-${process.pid}`;
await shop.post("/v1/auth/registrations", { body: { email, password, display_name: "Ada" } });
const link = /challenge=(chl_\w+)&token=([\w-]+)/.exec(await mailTo(email, "token="));
await shop.post("/v1/auth/challenges/{id}/responses", {
  params: { path: { id: group(link, 1) } },
  body: { token: group(link, 2) },
});

step(2, "She signs in; the token goes with every call from now on");
const { data: session } = await shop.post("/v1/auth/sessions", { body: { email, password } });
const ada = shop.with({ token: session.access_token });
const me = await ada.get("/v1/me");
assert.equal(me.data.email, email);
assert.equal(await ada.getIfChanged("/v1/me", known(me.etag)), undefined, "nothing has changed since");

step(3, "She looks through all products, page by page");
let count = 0;
let choice: { product: Schemas["Product"]; variant: Schemas["Variant"] } | undefined;
for await (const product of shop.items("/v1/products", { params: { query: { limit: 20 } } })) {
  count += 1;
  const variant = product.variants.find((one) => one.in_stock && one.prices.some((price) => price.currency === "EUR"));
  if (variant) choice ??= { product, variant };
}
assert(choice, "something is in stock");
assert(count > 20, `${count} products are several pages`);
console.log(`    ${count} products; takes ${choice.product.title} (${choice.variant.title})`);

step(4, "fills a cart");
const created = await ada.post("/v1/carts", { body: { currency: "EUR" } });
const cart = { params: { path: { cart_id: created.data.id } } };
await ada.post("/v1/carts/{cart_id}/lines", { ...cart, body: { variant_id: choice.variant.id, quantity: 2 } });

step(5, "is told what is missing, by a code and by pointers");
const tooEarly = await ada.post("/v1/checkouts", { body: { cart_id: created.data.id } }).catch((error: unknown) => error);
assert(tooEarly instanceof TenonError && tooEarly.is("orders.cart_incomplete"), `${tooEarly}`);
console.log(`    ${tooEarly.message}`);

step(6, "and says where it goes, while her other window changes the cart as well");
const { data: ways } = await ada.get("/v1/carts/{cart_id}/shipping-options", cart);
let elsewhere = 0;
const filled = await ada.modify("/v1/carts/{cart_id}", cart, async () => {
  // The first time the version that was read is overtaken; the second time it is not.
  if (elsewhere++ === 0) await ada.modify("/v1/carts/{cart_id}", cart, () => ({ email }));
  return {
    shipping_method: known(ways.data[0]).code,
    shipping_address: { name: "Ada Lovelace", line1: "Unter den Linden 1", city: "Berlin", postal_code: "10117", country: "DE" },
  };
});
assert.equal(elsewhere, 2);
assert.equal(filled.data.email, email, "what the other window wrote is still there");
console.log(`    total ${filled.data.totals.total.amount} ${filled.data.totals.total.currency}`);

step(7, "checks out; the answer is lost, and the repeat has one effect");
losesNextAnswer = true;
const started = await ada.post("/v1/checkouts", { body: { cart_id: created.data.id } });
const { next_action } = started.data;
assert.equal(started.headers.get("idempotent-replayed"), "true", "the repeat found what the first one did");
console.log(`    ${started.data.status}: ${next_action?.url}`);

step(8, "She pays on the provider's page");
const page = known(next_action).url;
assert(page.startsWith(payments), "the provider's page");
const intent = page.split("/").at(-1);
const paid = await fetch(`${payments}/control/intents/${intent}/choice`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ choice: "pay" }),
});
assert(paid.ok, `the payment simulator answers ${paid.status}`);
const checkout = { params: { path: { checkout_id: started.data.id } } };
const completed = await until("the checkout to complete", async () => {
  const { data } = await ada.post("/v1/checkouts/{checkout_id}/confirmations", { ...checkout, body: {} });
  return data.status === "completed" ? data : undefined;
});

step(9, "The order is placed");
const orderPath = { params: { path: { order_id: known(completed.order_id) } } };
const { data: order } = await ada.get("/v1/orders/{order_id}", orderPath);
assert.equal(order.status, "placed");
const orders: string[] = [];
for await (const mine of ada.items("/v1/orders")) orders.push(mine.id);
assert.deepEqual(orders, [order.id], "one order, though the checkout was sent twice");
console.log(`    order ${order.number} is ${order.status}`);

step(10, "A guest buys too, with the secret of the cart");
const guestCart = await shop.post("/v1/carts", { body: { currency: "EUR" } });
const guest = shop.with({ cartToken: known(guestCart.headers.get("cart-token")) });
const theirs = { params: { path: { cart_id: guestCart.data.id } } };
await guest.post("/v1/carts/{cart_id}/lines", { ...theirs, body: { variant_id: choice.variant.id, quantity: 1 } });
const line = known((await guest.get("/v1/carts/{cart_id}", theirs)).data.lines[0]);
assert.equal(line.quantity, 1);
await assert.rejects(shop.get("/v1/carts/{cart_id}", theirs), { code: "orders.cart_not_found" });

console.log(`\nThe order is ${order.status}: bought through the SDK.`);

function step(number: number, what: string): void {
  console.log(`${String(number).padStart(2)}. ${what}`);
}

function known<T>(value: T | null | undefined): T {
  assert(value !== null && value !== undefined);
  return value;
}

function group(match: RegExpExecArray | null, index: number): string {
  return known(match?.[index]);
}

/** The text of the mail to somebody that holds a part. */
function mailTo(recipient: string, part: string): Promise<string> {
  return until("a mail", async () => {
    const read = async (path: string): Promise<unknown> => (await fetch(`${mail}${path}`)).json();
    const found = (await read(`/api/messages?to=${recipient}`)) as { messages: { id: number }[] };
    for (const { id } of found.messages) {
      const { text } = (await read(`/api/messages/${id}`)) as { text: string };
      if (text.includes(part)) return text;
    }
    return undefined;
  });
}

/** Looks until there is something, at most 15 s: other programs bring it about in real time. */
async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let looks = 0; looks < 150; looks += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(100);
  }
  throw new Error(`waited in vain for ${what}`);
}
