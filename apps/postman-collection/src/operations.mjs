// A folder for each tag of the OpenAPI document, a request with its recorded example for each operation.

const METHODS = ["get", "post", "put", "patch", "delete"];
const FORM = "application/x-www-form-urlencoded";

/** All operations of the document: `{ path, method, ...operation }`. */
export function operations(api) {
  return Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })));
}

/** Folders of requests. */
export function folders(api) {
  return api.tags.map(({ name }) => ({
    name,
    item: operations(api).filter(({ tags }) => tags?.[0] === name).map(request),
  }));
}

function request(operation) {
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const asked = {
    method: operation.method.toUpperCase(),
    description: [operation.description, `Operation \`${operation.operationId}\`.`].filter(Boolean).join("\n\n"),
    auth: auth(operation.security ?? []),
    header: headers(operation, type),
    url: url(operation),
    body: body(type, media),
  };
  const answers = Object.entries(operation.responses).flatMap(([status, response]) => answer(status, response, asked));
  const signsIn = answers.some((recorded) => JSON.parse(recorded.body).access_token);
  return {
    id: operation.operationId,
    name: operation.summary,
    request: asked,
    response: answers,
    event: signsIn ? [keepToken()] : undefined,
  };
}

/** Where nobody has to sign in nobody does; `undefined` means as the collection says. */
function auth(security) {
  const named = security.map((way) => Object.keys(way)[0]);
  if (named.includes("client")) {
    const basic = (key, value) => ({ key, value, type: "string" });
    return { type: "basic", basic: [basic("username", "{{client_id}}"), basic("password", "{{client_secret}}")] };
  }
  return named.includes("bearer") ? undefined : { type: "noauth" };
}

function headers(operation, type) {
  const asked = (operation.parameters ?? []).filter((parameter) => parameter.in === "header").map((parameter) => ({
    key: parameter.name,
    value: headerValue(parameter),
    description: parameter.description,
    disabled: parameter.required || parameter.name === "Idempotency-Key" ? undefined : true,
  }));
  return type ? [{ key: "Content-Type", value: type }, ...asked] : asked;
}

function headerValue({ name, example }) {
  if (name === "Idempotency-Key") return "{{$guid}}";
  if (name === "Cart-Token") return "{{cart_token}}";
  return String(example ?? "");
}

function url(operation) {
  const path = operation.path.slice(1).split("/").map((part) => part.replace(/^\{(.*)\}$/, ":$1"));
  const named = (place) => (operation.parameters ?? []).filter((parameter) => parameter.in === place);
  const described = ({ name, example, description, required }) => ({
    key: name, value: String(example ?? ""), description, disabled: required ? undefined : true,
  });
  return {
    raw: `{{base_url}}/${path.join("/")}`,
    host: ["{{base_url}}"],
    path,
    query: named("query").map(described),
    variable: named("path").map(({ name, example, description }) => ({ key: name, value: String(example ?? ""), description })),
  };
}

function body(type, media) {
  if (!type) return undefined;
  if (type === FORM) {
    const members = Object.entries(media.example ?? {});
    return { mode: "urlencoded", urlencoded: members.map(([key, value]) => ({ key, value: String(value) })) };
  }
  return json(media.example ?? {});
}

export const json = (value) => ({
  mode: "raw", raw: JSON.stringify(value, null, 2), options: { raw: { language: "json" } },
});

/** What a server answered to the example, if the document has it. */
function answer(status, response, asked) {
  const media = response.content?.["application/json"];
  if (media?.example === undefined) return [];
  return [{
    name: response.description,
    originalRequest: asked,
    code: Number(status),
    _postman_previewlanguage: "json",
    header: [{ key: "Content-Type", value: "application/json" }],
    body: JSON.stringify(media.example, null, 2),
  }];
}

/** Whoever signs in is signed in for the other requests. */
function keepToken() {
  return script("test", [
    "const { access_token } = pm.response.code < 300 ? pm.response.json() : {};",
    "if (access_token) pm.collectionVariables.set(\"access_token\", access_token);",
  ]);
}

export const script = (listen, exec) => ({ listen, script: { type: "text/javascript", exec } });
