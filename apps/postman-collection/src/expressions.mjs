// Arazzo's runtime expressions (Arazzo 1.0, "Runtime Expressions") in Postman's two languages: variables and scripts.

const EXPRESSION = /\$(?:statusCode|inputs\.[A-Za-z_]\w*|steps\.[A-Za-z_]\w*\.outputs\.[A-Za-z_]\w*|response\.header\.[\w-]+|response\.body(?:#[^\s'"{}]*)?)/g;

/** The variable that holds an output of a step. */
export const outputName = (step, output) => `${step}.${output}`;

/** A value of a request: expressions become `{{variables}}`, at any depth. */
export function asTemplate(value) {
  if (Array.isArray(value)) return value.map(asTemplate);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asTemplate(member)]));
  }
  if (typeof value !== "string") return value;
  if (value.startsWith("$")) return template(value);
  return value.replace(/\{(\$[^}]+)\}/g, (_, expression) => template(expression));
}

function template(expression) {
  const [source, step, , output] = expression.slice(1).split(".");
  if (source === "inputs") return `{{${step}}}`;
  if (source === "steps") return `{{${outputName(step, output)}}}`;
  throw new Error(`a request cannot say ${expression}`);
}

/** A condition as JavaScript. Both languages compare with the same signs, and text with a number that it spells. */
export const asCondition = (condition) => condition.replace(EXPRESSION, asScript);

/** One expression as JavaScript; the script has `at(pointer)`. */
export function asScript(expression) {
  if (expression === "$statusCode") return "pm.response.code";
  const [source, kind, ...rest] = expression.slice(1).split(".");
  if (source === "inputs") return `pm.variables.get(${JSON.stringify(kind)})`;
  if (source === "steps") return `pm.variables.get(${JSON.stringify(outputName(kind, rest[1]))})`;
  if (kind === "header") return `pm.response.headers.get(${JSON.stringify(rest.join("."))})`;
  const pointer = expression.split("#")[1] ?? "";
  return `at(${JSON.stringify(pointer)})`;
}
