// AsyncAPI's own parser reads the document, and Ajv the examples: `node asyncapi.mjs <asyncapi.json>`. Fails at whatever they
// find, warnings included.

import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";
import { Ajv } from "ajv";

const [file] = process.argv.slice(2);
if (!file) throw new Error("node asyncapi.mjs <asyncapi.json>");
const text = await readFile(file, "utf8");

const { document, findings } = await read(text);
for (const finding of findings) console.error(finding);
if (!document || findings.length > 0) throw new Error(`${file} is not what AsyncAPI 3.0 asks for`);
const channels = document.channels().all();
for (const channel of channels) console.log(`    ${channel.id()}: ${channel.messages().all().length} messages`);

// The parser can say no: to a wrong member, to a reference that leads nowhere, to an example that its schema does not allow.
const broken = {
  "a member that does not exist": (doc) => { doc.channels.stream.topic = "events"; },
  "an operation without a channel": (doc) => { doc.operations.send_webhook.channel.$ref = "#/channels/none"; },
  "an example that does not fit": (doc) => { doc.components.schemas["order.placed"].allOf[1].properties.data.examples = [{ number: 1 }]; },
};
for (const [what, breaks] of Object.entries(broken)) {
  const doc = JSON.parse(text);
  breaks(doc);
  const { findings: found } = await read(JSON.stringify(doc));
  if (found.length === 0) throw new Error(`the parser accepts ${what}`);
  console.log(`    refused: ${what}`);
}

async function read(source) {
  const { document, diagnostics } = await new Parser().parse(source);
  const findings = diagnostics
    .filter(({ severity }) => severity <= 1) // errors and warnings; not that there is a newer specification
    .map(({ code, message, path }) => `${path.join("/")}: ${message} (${code})`);
  return { document, findings: document ? [...findings, ...examples(JSON.parse(source))] : findings };
}

/** What is wrong with examples of data: the parser looks at those of whole messages only. */
function examples({ components }) {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const wrong = [];
  for (const [name, { allOf }] of Object.entries(components.schemas)) {
    const data = allOf?.[1].properties.data;
    for (const example of data?.examples ?? []) {
      if (!ajv.validate(data, example)) wrong.push(`${name}: ${ajv.errorsText()}`);
    }
  }
  return wrong;
}
