/** Prints the exports of each entry on this Node, by `import` and by `require`. */
import { createRequire } from "node:module";

const entries = process.argv.slice(2);
const namesOf = (modules) =>
  Object.fromEntries(modules.map((module, i) => [entries[i], Object.keys(module).sort()]));
const imported = namesOf(await Promise.all(entries.map((entry) => import(entry))));
const required = namesOf(entries.map(createRequire(import.meta.url)));
process.stdout.write(JSON.stringify({ imported, required }));
