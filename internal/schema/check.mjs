// Holds documents against the schemas. Reads lines of {name, document, fails}
// and writes a line of {name, schema, valid, errors} for each document and each
// of the two schemas: the JSON Schema, and the one inside the OpenAPI document.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const docs = new URL("../../docs/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, docs), "utf8"));

const strict = addFormats(new Ajv2020({ strict: true, allErrors: true }));
const schema = read("problem.schema.json");
if (!strict.validateSchema(schema)) throw new Error(JSON.stringify(strict.errors));

// OpenAPI's own keywords, and nothing else, are added to those of JSON Schema;
// the document around the schemas is none.
const openapi = addFormats(new Ajv2020({ strict: true, allErrors: true, validateSchema: false }));
openapi.addVocabulary(["xml", "x-extensible-enum"]);
const { components } = read("openapi.json");
for (const [name, s] of Object.entries(components.schemas)) openapi.addSchema(s, `#/components/schemas/${name}`);

const checks = {
  "problem.schema.json": strict.compile(schema),
  "openapi.json": openapi.getSchema("#/components/schemas/Problem"),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { name, document } = JSON.parse(line);
  for (const [schema, check] of Object.entries(checks)) {
    const valid = check(document);
    const errors = (check.errors ?? []).map((e) => `${e.instancePath} ${e.keyword}`);
    console.log(JSON.stringify({ name, schema, valid, errors }));
  }
}
