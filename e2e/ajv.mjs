// Usage: node ajv.mjs SCHEMA FILE...
//
// Validates YAML (or JSON) files with ajv, formats on, and prints one JSON
// object: file -> list of {line, message}, empty where the file is right.
import { readFileSync } from 'node:fs';
import Draft7 from 'ajv';
import Draft4 from 'ajv-draft-04';
import Draft2020 from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { LineCounter, isMap, isPair, parseDocument } from 'yaml';

const [schemaFile, ...files] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
const drafts = { 'draft-04': Draft4, 'draft-07': Draft7, '2020-12': Draft2020 };
const Ajv = drafts[schema.$schema.match(/draft-0\d|2020-12/)];
// strictTypes and strictRequired are off: they want a type and a definition beside
// each condition (if, then) too, and not only where the field is described.
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
formats(ajv);
ajv.addVocabulary(["enumDescriptions", "markdownDescription"]); // for editors
const validate = ajv.compile(schema);

const verdicts = {};
for (const file of files) verdicts[file] = check(readFileSync(file, 'utf8'));
console.log(JSON.stringify(verdicts));

function check(text) {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines });
  const line = (offset) => lines.linePos(offset).line;
  if (doc.errors.length > 0) return doc.errors.map((e) => ({ line: line(e.pos[0]), message: e.message }));
  if (validate(doc.toJS())) return [];
  return validate.errors
    .filter((e) => e.keyword !== 'if') // what its then says stands beside it
    .map((e) => ({ line: line(place(doc.contents, e)), message: `${e.instancePath} ${e.message}` }));
}

// place returns where in the text an error of ajv stands: at the value, at a
// key that must not be there, or, where a key is missing, at the key above.
function place(root, { keyword, instancePath, params, propertyName }) {
  let node = root;
  let key; // of node, where it is the value of one
  const child = (name) => node.items.find((pair) => String(pair.key.value) === name);
  for (const step of instancePath.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const found = isMap(node) ? child(name) : node.items[name];
    [key, node] = isPair(found) ? [found.key, found.value] : [undefined, found];
  }
  const wrongKey = params.additionalProperty ?? params.propertyName ?? propertyName;
  if (wrongKey !== undefined) return child(wrongKey).key.range[0];
  if (/required$/i.test(keyword) && key) return key.range[0];
  return (node ?? key).range[0];
}
