/**
 * Makes transactions on the store in the folder of the first argument, one after the other, until the process is killed.
 * Each stores its number in 100 items, so that most of the time one is being written. Prints the number of each that is
 * made.
 */
import { freshKey, startTwoTables, TABLES } from "./two-tables.ts";

const store = await startTwoTables({ path: process.argv[2] });
const keys = Array.from({ length: 50 }, freshKey);
for (let n = 1; ; n += 1) {
  const written = { n: { N: `${n}` }, owner: { S: "all" }, sort: { S: `${n}` } };
  const items = keys.map((key) => ({ ...key, ...written }));
  const { status } = await store.transact(
    TABLES.flatMap((TableName) => items.map((Item) => ({ Put: { TableName, Item } }))),
  );
  if (status !== 200) throw new Error(`${status}`);
  process.stdout.write(`${n}\n`);
}
