/**
 * Makes transactions on the store in the folder of the first argument, one after the other, until the process is killed:
 * each stores the same number in an item of each table. Prints the number of each that is made.
 */
import { freshKey, startTwoTables } from "./two-tables.ts";

const store = await startTwoTables({ path: process.argv[2] });
const key = freshKey();
for (let n = 1; ; n += 1) {
  const Item = { ...key, n: { N: `${n}` }, owner: { S: "all" }, sort: { S: `${n}` } };
  const { status } = await store.transact([
    { Put: { TableName: "first", Item } },
    { Put: { TableName: "second", Item } },
  ]);
  if (status !== 200) throw new Error(`${status}`);
  process.stdout.write(`${n}\n`);
}
