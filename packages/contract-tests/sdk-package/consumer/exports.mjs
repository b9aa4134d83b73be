/** Prints the exports of each entry on this Node. */
const entries = process.argv.slice(2);
const modules = await Promise.all(entries.map((entry) => import(entry)));
const names = modules.map((module, i) => [entries[i], Object.keys(module).sort()]);
process.stdout.write(JSON.stringify(Object.fromEntries(names)));
