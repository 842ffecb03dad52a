// A folder for each workflow of an Arazzo document; run as a whole, each of its conditions is a test.

import { asCondition, asScript, asTemplate, outputName } from "./expressions.mjs";
import { json, operations, script } from "./operations.mjs";

/** `at(pointer)` for scripts: what a JSON pointer leads to in the answer (RFC 6901). */
const AT = [
  "const at = (pointer) => pointer.split(\"/\").slice(1)",
  "  .map((part) => part.replace(/~1/g, \"/\").replace(/~0/g, \"~\"))",
  "  .reduce((value, part) => (value == null ? undefined : value[part]), pm.response.json());",
];

/** Folders of requests that depend on each other, in their order. */
export function workflows(arazzo, api) {
  const known = new Map(operations(api).map((operation) => [operation.operationId, operation]));
  return arazzo.workflows.map((workflow) => ({
    name: workflow.workflowId,
    description: workflow.summary,
    auth: { type: "noauth" },
    item: workflow.steps.map((step, place) => item(workflow, step, place, known)),
  }));
}

/** What the inputs of all workflows are unless said. */
export function inputs(arazzo) {
  const values = new Map();
  for (const { inputs: { properties } } of arazzo.workflows) {
    for (const [name, schema] of Object.entries(properties)) values.set(name, schema.default ?? "");
  }
  values.delete("idempotency_key"); // made anew for each run
  return [...values].map(([key, value]) => ({ key, value }));
}

function item(workflow, step, place, known) {
  const operation = known.get(step.operationId);
  if (!operation) throw new Error(`${workflow.workflowId}: no operation ${step.operationId}`);
  const id = `${workflow.workflowId}.${step.stepId}`;
  const first = place === 0 ? [script("prerequest", ["pm.collectionVariables.set(\"idempotency_key\", pm.variables.replaceIn(\"{{$guid}}\"));"])] : [];
  return {
    id,
    name: id,
    request: request(step, operation),
    event: [...first, script("test", check(id, step))],
  };
}

function request(step, operation) {
  const said = (place) => (step.parameters ?? []).filter((parameter) => parameter.in === place)
    .map(({ name, value }) => ({ key: name, value: String(asTemplate(value)) }));
  const path = operation.path.slice(1).split("/").map((part) => part.replace(/^\{(.*)\}$/, ":$1"));
  const header = said("header");
  const body = step.requestBody && json(asTemplate(step.requestBody.payload));
  if (body) header.push({ key: "Content-Type", value: step.requestBody.contentType ?? "application/json" });
  return {
    method: operation.method.toUpperCase(),
    description: step.description ?? operation.summary,
    header,
    url: { raw: `{{base_url}}/${path.join("/")}`, host: ["{{base_url}}"], path, query: said("query"), variable: said("path") },
    body,
  };
}

/** Asks again where the workflow says so; otherwise each condition is a test, and outputs become variables. */
function check(id, step) {
  const outputs = Object.entries(step.outputs ?? {}).map(([name, expression]) =>
    `pm.collectionVariables.set(${JSON.stringify(outputName(step.stepId, name))}, ${asScript(expression)});`);
  const tests = step.successCriteria.map(({ condition }) =>
    `pm.test(${JSON.stringify(condition)}, () => pm.expect(${asCondition(condition)}).to.be.true);`);
  const retry = step.onFailure?.find(({ type }) => type === "retry");
  if (!retry) return [...AT, ...tests, ...outputs];
  const again = retry.criteria.map(({ condition }) => `(${asCondition(condition)})`).join(" && ");
  const met = step.successCriteria.map(({ condition }) => `(${asCondition(condition)})`).join(" && ");
  const tries = JSON.stringify(`${id}.tries`);
  return [
    ...AT,
    `const tries = Number(pm.collectionVariables.get(${tries}) ?? 0);`,
    `if (!(${met}) && ${again} && tries < ${retry.retryLimit}) {`,
    `  pm.collectionVariables.set(${tries}, tries + 1);`,
    `  setTimeout(() => {}, ${retry.retryAfter * 1000}); // the next request waits for it`,
    `  pm.execution.setNextRequest(${JSON.stringify(id)});`,
    "} else {",
    `  pm.collectionVariables.unset(${tries});`,
    ...[...tests, ...outputs].map((line) => `  ${line}`),
    "}",
  ];
}
