import { expect, it } from "vitest";
import { readPage } from "../pages/page.ts";
import type { Server } from "../simulator/stack.ts";
import { type RecordedCall, recordCalls, sum } from "./recorded-calls.ts";
import { DEFAULT_CACHES, worldOfTests } from "./world.ts";

const ROWS = readPage("docs/limits-and-cost.md").section("Cost").rows;

const world = worldOfTests();

/** As long as those of Entra ID: `waad|` and 43 characters. */
const login = (name: string) => world.bySso(`${name}.smith@mill.example`, `waad|${name.padEnd(43, "x")}`);

/** The read or write units of a call, where the embedded store counts less than DynamoDB. @throws for another operation */
function unitsOf(call: RecordedCall): { reads: number; writes: number } {
  const { operation, request, units = 0 } = call;
  switch (operation) {
    case "POST": // the user directory
      return { reads: 0, writes: 0 };
    case "GetItem":
    case "BatchGetItem":
      return { reads: units, writes: 0 };
    case "Query": // also of nothing
      return { reads: Math.max(units, request?.ConsistentRead ? 1 : 0.5), writes: 0 };
    case "PutItem": // an index holds whole items
      return { reads: 0, writes: units * (1 + indexesOf(request?.Item)) };
    case "TransactWriteItems":
      return { reads: 0, writes: units + copiesOf(call) };
    default:
      throw new Error(`the units of ${operation} are not known`);
  }
}

/** How many indexes hold the item. */
function indexesOf(item: object = {}): number {
  return Object.keys(item).filter((name) => /^gsi\dpk$/.test(name)).length;
}

/** What the copies in the indexes add: their size once, while the transaction writes the item itself twice. */
function copiesOf({ request, units }: RecordedCall): number {
  const operations = request?.TransactItems ?? [];
  if (units !== 2 * operations.length)
    throw new Error("an item has more than 1 KB: count its copy by its size");
  return sum(operations.map(({ Put }) => indexesOf(Put?.Item)));
}

it("docs/limits-and-cost.md has what a first login and org.me take in the store", async () => {
  const record = recordCalls(world.faulty);
  const taken = async (action: () => Promise<unknown>) => {
    const units = (await record(action)).map(unitsOf);
    return { reads: sum(units.map(({ reads }) => reads)), writes: sum(units.map(({ writes }) => writes)) };
  };
  const server = await world.faulty.server(DEFAULT_CACHES);
  const [anna, jane] = await Promise.all([login("anna"), login("jane")]);
  const others = await Promise.all(["john", "joan", "josh"].map(login));
  const validate = (from: Server, token: string) => from.client(token).auth.validate.query();
  await validate(server, anna); // what all users of the mill share
  // A busy machine may take so long that a login reads again, so the fewest of some count.
  const firstLogins = [];
  for (const newcomer of [jane, ...others]) firstLogins.push(await taken(() => validate(server, newcomer)));
  const first = firstLogins.reduce((fewest, each) => (each.reads < fewest.reads ? each : fewest));

  await validate(server, jane); // as a process that has seen the user
  const me = await taken(() => server.client(jane).org.me.query());

  expect(me.writes).toBe(0);
  expect(ROWS.filter(([what]) => /login.*, measured$/.test(what ?? ""))).toEqual([
    ["a first login by SSO, measured", `${first.reads} read units, ${first.writes} write units`],
    ["the `org.me` of a login, measured", `${me.reads} read units`],
  ]);
});
