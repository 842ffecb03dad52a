// Writes the Postman collection (format 2.1) that follows from the API's documents:
// node generate.mjs OPENAPI ARAZZO OUT

import { readFileSync, writeFileSync } from "node:fs";

import { folders } from "./src/operations.mjs";
import { inputs, workflows } from "./src/workflows.mjs";

const [openapi, arazzo, out] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const api = read(openapi);
const flows = read(arazzo);

const collection = {
  info: {
    name: api.info.title,
    description: `${api.info.description}\n\nThe folder "workflows" holds requests that follow from each other: run one of its folders as a whole. Elsewhere set the variables: whoever signs in with this collection is signed in for its other requests.`,
    version: api.info.version,
    schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
  },
  auth: { type: "bearer", bearer: [{ key: "token", value: "{{access_token}}", type: "string" }] },
  variable: [
    { key: "base_url", value: "http://127.0.0.1:8080" },
    ...["access_token", "cart_token", "client_id", "client_secret"].map((key) => ({ key, value: "" })),
    ...inputs(flows),
  ],
  item: [{ name: "workflows", item: workflows(flows, api) }, ...folders(api)],
};
writeFileSync(out, `${JSON.stringify(collection, null, 1)}\n`);
