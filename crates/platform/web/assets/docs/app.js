// Draws /openapi.json as a page. No library, and text only ever becomes text: nothing is parsed as HTML.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const SAMPLE_ID = "01jb2z4k8f5n6p7q8r9s0t1v2w";
const SHOWN_HEADERS = [
  "content-type", "etag", "location", "link", "retry-after", "ratelimit", "idempotent-replayed", "trace-id",
];

let api;

// --- small tools ---------------------------------------------------------------------------------------------------

/** Makes an element: h("a", { href: "#x", class: "y", onclick: f }, "text", child, …). */
function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

const byId = (id) => document.getElementById(id);

/** Draws `code` and blank lines of a description; everything else stays text. */
function prose(text) {
  return (text || "").split(/\n\s*\n/).filter((part) => part.trim()).map((part) => h("p", {}, inline(part)));
}

function inline(text) {
  return (text || "").split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));
}

/** Follows a local reference. */
function resolve(thing) {
  let found = thing;
  for (let steps = 0; found && found.$ref && steps < 20; steps += 1) {
    found = found.$ref.slice(2).split("/").reduce(
      (at, step) => at && at[decodeURIComponent(step).replace(/~1/g, "/").replace(/~0/g, "~")], api);
  }
  return found || {};
}

const refName = (schema) => (schema && schema.$ref ? schema.$ref.split("/").pop() : null);

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const quoted = (text) => `'${String(text).replace(/'/g, "'\\''")}'`;

// --- schemas -------------------------------------------------------------------------------------------------------

function typeText(schema) {
  const named = refName(schema);
  const full = resolve(schema);
  if (full.const !== undefined) return JSON.stringify(full.const);
  if (full.enum) return full.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = full.oneOf || full.anyOf;
  if (choices) return choices.map(typeText).join(" | ");
  const types = [].concat(full.type || "any");
  return types.map((type) => {
    if (type === "array") return `${typeText(full.items || {})}[]`;
    if (type === "object" && named) return named;
    return full.format && type !== "null" ? `${type} (${full.format})` : type;
  }).join(" | ");
}

/** Bounds in words; bounds that only say how many bits a number has are left out. */
function limits(schema) {
  const full = resolve(schema);
  const range = (least, most, unit) => {
    if (least === undefined && most === undefined) return null;
    if (most === undefined || (unit === "" && [127, 255, 32767, 65535].includes(most)) || most >= 2147483647) {
      return least ? `at least ${least}${unit}` : null;
    }
    return least === undefined ? `at most ${most}${unit}` : `${least} to ${most}${unit}`;
  };
  const said = [
    range(full.minimum, full.maximum, ""),
    full.maxLength || full.minLength ? range(full.minLength || 0, full.maxLength, " characters") : null,
    full.maxItems || full.minItems ? range(full.minItems || 0, full.maxItems, " items") : null,
  ];
  if (full.default !== undefined && full.default !== null) said.push(`${JSON.stringify(full.default)} unless said`);
  return said.filter(Boolean).join(", ");
}

/** Members of an object as a list; nested objects open on demand. */
function members(schema, seen = []) {
  const named = refName(schema);
  if (named && seen.includes(named)) return h("p", { class: "quiet" }, `${named}, as above`);
  const path = named ? [...seen, named] : seen;
  const full = resolve(schema);
  if ([].concat(full.type).includes("array") && full.items) return members(full.items, path);
  const choices = full.oneOf || full.anyOf || full.allOf;
  const own = Object.entries(full.properties || {});
  if (!own.length && choices) {
    return h("ul", { class: "schema" }, choices.map((choice) => h("li", {},
      h("span", { class: "type" }, typeText(choice)), nested(choice, path))));
  }
  if (!own.length) return null;
  const required = full.required || [];
  return h("ul", { class: "schema" }, own.map(([name, member]) => h("li", {},
    h("code", {}, name), " ", h("span", { class: "type" }, typeText(member)), " ",
    required.includes(name) ? h("span", { class: "required" }, "required") : null,
    h("div", { class: "quiet" }, inline([resolve(member).description || member.description, limits(member)]
      .filter(Boolean).join(" · "))),
    nested(member, path))));
}

function nested(schema, seen) {
  const full = resolve(schema);
  const inner = full.items ? resolve(full.items) : full;
  const deep = inner.properties || inner.oneOf || inner.anyOf;
  if (!deep) return null;
  const body = h("details", {}, h("summary", { class: "quiet" }, "members"));
  body.addEventListener("toggle", () => {
    if (body.childElementCount === 1) body.append(members(schema, seen) || h("p", { class: "quiet" }, "none"));
  });
  return body;
}

/** A value that fits a schema, to start from. */
function example(schema, depth = 0) {
  const full = resolve(schema);
  if (full.examples && full.examples.length) return full.examples[0];
  if (full.example !== undefined) return full.example;
  if (full.const !== undefined) return full.const;
  if (full.default !== undefined && full.default !== null) return full.default;
  if (full.enum) return full.enum[0];
  const choices = full.oneOf || full.anyOf;
  if (choices && !full.properties) return example(choices.find((choice) => resolve(choice).type !== "null") || {}, depth);
  const type = [].concat(full.type || (full.properties ? "object" : "null")).find((kind) => kind !== "null");
  switch (type) {
    case "object": {
      if (depth > 6) return {};
      return Object.fromEntries(Object.entries(full.properties || {})
        .filter(([name, member]) => (full.required || []).includes(name) || ![].concat(resolve(member).type).includes("null"))
        .map(([name, member]) => [name, example(member, depth + 1)]));
    }
    case "array": return depth > 6 ? [] : [example(full.items || {}, depth + 1)];
    case "integer": case "number": return full.minimum || 1;
    case "boolean": return false;
    case "string": return exampleText(full);
    default: return null;
  }
}

/** What was recorded of a running server, or at least something that fits. */
function shown(media) {
  return media.example !== undefined ? media.example : example(media.schema);
}

function exampleText(schema) {
  const id = /^\^([a-z]+)_\[0-7\]/.exec(schema.pattern || "");
  if (id) return `${id[1]}_${SAMPLE_ID}`;
  if (schema.format === "date-time") return "2026-01-31T09:30:00Z";
  if (schema.format === "email") return "ada@example.org";
  return "text";
}

// --- operations ----------------------------------------------------------------------------------------------------

function policyText(policy) {
  const [kind, role] = String(policy).split(":");
  return { public: "anyone", bearer: "anyone with the secret", signed_in: "signed in", has: `role ${role}` }[kind] || policy;
}

function operations() {
  return Object.entries(api.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => ({
    path, method, ...item[method], tag: (item[method].tags || ["other"])[0],
  })));
}

function drawOperation(operation) {
  const section = h("details", { class: "operation", id: operation.operationId },
    h("summary", {},
      h("span", { class: `method ${operation.method}` }, operation.method),
      h("span", { class: "path" }, operation.path),
      h("h3", {}, operation.summary || operation.operationId),
      h("span", { class: "chip" }, policyText(operation["x-policy"]))));
  section.addEventListener("toggle", () => {
    if (section.open && section.childElementCount === 1) section.append(drawInside(operation));
  });
  return section;
}

function drawInside(operation) {
  const parameters = (operation.parameters || []).map(resolve);
  const body = bodyOf(operation);
  return h("div", { class: "inside" },
    prose(operation.description),
    h("p", { class: "quiet" }, "Operation ", h("code", {}, operation.operationId), " · for ",
      policyText(operation["x-policy"])),
    parameters.length ? [h("h4", {}, "Parameters"), drawParameters(parameters)] : null,
    body ? [h("h4", {}, "Body ", h("span", { class: "type" }, body.type)), members(body.schema),
      h("details", {}, h("summary", {}, "Example"), h("pre", {}, body.text))] : null,
    h("h4", {}, "Answers"),
    Object.entries(operation.responses).map(([status, response]) => drawAnswer(status, resolve(response))),
    h("h4", {}, "Try it"),
    drawForm(operation, parameters, body));
}

function bodyOf(operation) {
  if (!operation.requestBody) return null;
  const [type, media] = Object.entries(resolve(operation.requestBody).content)[0];
  const isForm = type === "application/x-www-form-urlencoded";
  const text = isForm ? new URLSearchParams(shown(media)).toString() : JSON.stringify(shown(media), null, 2);
  return { type, schema: media.schema, text };
}

function drawParameters(parameters) {
  return h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, ["Name", "In", "Type", "Meaning"].map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, parameters.map((parameter) => h("tr", {},
      h("td", {}, h("code", {}, parameter.name), parameter.required ? h("div", { class: "required" }, "required") : null),
      h("td", {}, parameter.in),
      h("td", { class: "type" }, typeText(parameter.schema)),
      h("td", {}, inline([parameter.description, limits(parameter.schema)].filter(Boolean).join(" · "))))))));
}

function drawAnswer(status, response) {
  const media = Object.values(response.content || {})[0];
  const isProblem = Number(status) >= 400;
  const codes = (response["x-codes"] || []).map((code) => [h("a", { href: `/errors/${code}` }, code), " "]);
  const headers = Object.keys(response.headers || {});
  return h("details", { class: "answer" },
    h("summary", {}, h("span", { class: `status ${isProblem ? "wrong" : "fine"}` }, status), " ", inline(response.description)),
    codes.length ? h("p", {}, "Codes: ", codes) : null,
    media && !isProblem ? [
      h("p", { class: "type" }, typeText(media.schema)), members(media.schema),
      h("pre", {}, JSON.stringify(shown(media), null, 2)),
    ] : null,
    headers.length ? h("p", { class: "quiet" }, "Headers: ", headers.join(", ")) : null);
}

// --- trying it -----------------------------------------------------------------------------------------------------

function drawForm(operation, parameters, body) {
  const inputs = parameters.map((parameter) => {
    const input = h("input", { class: "value", required: parameter.required, autocomplete: "off", spellcheck: "false" });
    if (parameter.name === "Idempotency-Key") input.value = newKey();
    else if (parameter.in === "path") input.value = String(parameter.example ?? example(parameter.schema));
    if (parameter.schema && parameter.schema.examples) input.placeholder = String(parameter.schema.examples[0]);
    return { parameter, input };
  });
  const text = body ? h("textarea", { spellcheck: "false" }) : null;
  if (text) text.value = body.text;
  const curl = h("pre", { class: "wrap" });
  const result = h("div", { role: "status", "aria-live": "polite" });
  const send = h("button", { class: "send" }, "Send");

  const current = () => request(operation, inputs, body && text.value, body && body.type);
  const redraw = () => { curl.textContent = curlLine(current()); };
  const form = h("form", {
    oninput: redraw,
    onsubmit: async (event) => {
      event.preventDefault();
      send.disabled = true;
      try { result.replaceChildren(await drawResult(current())); } finally { send.disabled = false; }
      const key = inputs.find(({ parameter }) => parameter.name === "Idempotency-Key");
      if (key && !result.querySelector("button")) {
        result.append(h("button", { type: "button", onclick: () => { key.input.value = newKey(); redraw(); } },
          "New idempotency key"));
      }
    },
  },
  h("div", { class: "inputs" }, inputs.map(({ parameter, input }) => h("label", {},
    h("span", {}, parameter.name, parameter.required ? h("span", { class: "required" }, " required") : null), input))),
  text ? h("label", {}, "Body", text) : null,
  h("div", { class: "row" }, send,
    h("button", { type: "button", onclick: (event) => copy(curl.textContent, event.target) }, "Copy curl line")));
  document.addEventListener("credentials", redraw);
  redraw();
  return h("div", {}, form, curl, result);
}

function request(operation, inputs, text, type) {
  let path = operation.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const { parameter, input } of inputs) {
    const value = input.value;
    if (value === "" && parameter.in !== "path") continue;
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.in === "query") query.append(parameter.name, value);
    else headers[parameter.name] = value;
  }
  if (byId("bearer").value) headers.Authorization = `Bearer ${byId("bearer").value.trim()}`;
  if (byId("guest").value) headers["Cart-Token"] = byId("guest").value.trim();
  if (text != null) headers["Content-Type"] = type;
  const search = query.toString();
  return { method: operation.method.toUpperCase(), url: path + (search ? `?${search}` : ""), headers, body: text };
}

function curlLine({ method, url, headers, body }) {
  const shown = { ...headers };
  if (shown.Authorization) shown.Authorization = "Bearer $TOKEN";
  const parts = [`curl -i ${method === "GET" ? "" : `-X ${method} `}${quoted(location.origin + url)}`];
  for (const [name, value] of Object.entries(shown)) {
    const header = `${name}: ${value}`;
    parts.push(`-H ${value.includes("$TOKEN") ? `"${header}"` : quoted(header)}`);
  }
  if (body != null) parts.push(`--data-binary ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

async function drawResult({ method, url, headers, body }) {
  const from = performance.now();
  try {
    const response = await fetch(url, { method, headers, body: body ?? undefined, credentials: "omit", cache: "no-store" });
    const text = await response.text();
    const took = Math.round(performance.now() - from);
    const lines = SHOWN_HEADERS.filter((name) => response.headers.has(name))
      .map((name) => `${name}: ${response.headers.get(name)}`);
    return h("div", {},
      h("p", {}, h("strong", { class: response.ok ? "fine" : "wrong" }, `${response.status} ${response.statusText}`),
        ` in ${took} ms`),
      h("pre", { class: "wrap" }, lines.join("\n")),
      text ? h("pre", { class: "wrap" }, pretty(text)) : null);
  } catch (error) {
    return h("p", { class: "wrong" }, `No answer: ${error.message}`);
  }
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select the line and copy it";
  }
  setTimeout(() => { button.textContent = before; }, 2000);
}

// --- the page ------------------------------------------------------------------------------------------------------

function drawAll() {
  const { title, version, description } = api.info;
  document.title = `${title} API`;
  byId("title").textContent = title;
  byId("version").textContent = `Version ${version} · OpenAPI ${api.openapi}`;
  byId("about").replaceChildren(...prose(description));

  const groups = new Map();
  for (const operation of operations()) {
    groups.set(operation.tag, [...(groups.get(operation.tag) || []), operation]);
  }
  const index = [];
  const page = [];
  for (const [tag, list] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
    index.push(h("section", {}, h("h2", {}, tag), h("ul", {}, list.map((operation) => h("li", {
      "data-find": `${operation.method} ${operation.path} ${operation.summary} ${operation.operationId} ${tag}`.toLowerCase(),
    }, h("a", { href: `#${operation.operationId}`, title: `${operation.method.toUpperCase()} ${operation.path}` },
      h("span", { class: `method ${operation.method}` }, operation.method),
      h("span", {}, operation.summary ? operation.summary.replace(/\.$/, "") : operation.path)))))));
    page.push(h("h2", { class: "tag" }, tag), ...list.map(drawOperation));
  }
  byId("index").replaceChildren(...index);
  byId("operations").replaceChildren(...page);
}

function find() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const item of byId("index").querySelectorAll("li")) {
    item.hidden = !words.every((word) => item.dataset.find.includes(word));
    if (!item.hidden) shown += 1;
  }
  for (const section of byId("index").querySelectorAll("section")) {
    section.hidden = !section.querySelector("li:not([hidden])");
  }
  byId("filter-state").textContent = words.length ? `${shown} found` : "";
}

function openNamed() {
  const section = byId(decodeURIComponent(location.hash.slice(1)));
  if (section && section.tagName === "DETAILS") {
    section.open = true;
    section.scrollIntoView();
    section.querySelector("summary").focus({ preventScroll: true });
  }
}

async function start() {
  try {
    const response = await fetch("/openapi.json", { credentials: "omit" });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    api = await response.json();
  } catch (error) {
    byId("operations").replaceChildren(h("p", { class: "wrong" }, `The OpenAPI document cannot be read: ${error.message}.`));
    return;
  }
  drawAll();
  openNamed();
  byId("filter").addEventListener("input", find);
  window.addEventListener("hashchange", openNamed);
  for (const id of ["bearer", "guest"]) {
    byId(id).addEventListener("input", () => {
      byId("credential-state").textContent = byId("bearer").value ? "signed in" : byId("guest").value ? "guest with cart" : "guest";
      document.dispatchEvent(new Event("credentials"));
    });
  }
}

start();
