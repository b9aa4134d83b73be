import { beforeAll, describe, expect, it } from "vitest";
import { readPage } from "../pages/page.ts";
import { fresh } from "../simulator/people.ts";
import type { Server } from "../simulator/stack.ts";
import { countsOf, recordCalls, sum } from "./recorded-calls.ts";
import { DEFAULT_CACHES, GUESTS, worldOfTests } from "./world.ts";

const [table] = readPage("docs/limits-and-cost.md").section("A first login").tables;
const { head = [], rows = [] } = table ?? {};

/** The calls of a column, by name. */
function listed(column: string): Record<string, number> {
  const at = head.indexOf(column);
  if (at < 0) throw new Error(`no column ${column}`);
  const named = rows.map((row) => [row[0]?.replaceAll("`", ""), Number(row[at])]);
  return Object.fromEntries(named.filter(([, times]) => times !== 0));
}

const world = worldOfTests();
let server: Server;
let record: ReturnType<typeof recordCalls>;
beforeAll(async () => {
  server = await world.faulty.server(DEFAULT_CACHES);
  record = recordCalls(world.faulty);
});

const validate = (token: string) => server.client(token).auth.validate.query();
const me = (token: string) => server.client(token).org.me.query();
const counted = async (call: () => Promise<unknown>) =>
  countsOf((await record(call)).map(({ operation, of }) => `${operation} ${of}`));
const anybody = (domain: string) => world.password(`${fresh("anybody")}@${domain}`);

describe("docs/limits-and-cost.md", () => {
  // The first user's login warms what all users of the process share. A busy machine may take so long that a login reads
  // again, so the fewest calls of some count.
  it.each<[string, (user: number) => Promise<string>, (token: string) => Promise<unknown>]>([
    ["`auth.validate`, SSO with JIT", () => world.newMember(), validate],
    ["`auth.validate`, password", () => anybody("elsewhere.example"), validate],
    ["`org.me`, invited", (user) => world.password(GUESTS[user] ?? ""), me],
    ["`org.me`, domain of two organizations", () => anybody("forge.example"), me],
  ])("lists each call of a first login: %s", async (column, sign, call) => {
    const [first = "", ...others] = await Promise.all([0, 1, 2, 3].map(sign));
    await call(first);
    const counts = [];
    for (const each of others) counts.push(await counted(() => call(each)));
    const total = (each: Record<string, number>) => sum(Object.values(each));
    expect(counts.toSorted((one, other) => total(one) - total(other))[0]).toEqual(listed(column));
  });

  it("T8P: lists one audit entry and no call of the directory for 25 subjects of a mailbox whose seat is taken", async () => {
    const email = `${fresh("miller")}@mill.example`;
    await validate(await world.bySso(email));
    const rivals = await Promise.all(Array.from({ length: 25 }, () => world.bySso(email)));
    const outcomes: unknown[] = [];
    const counts = await counted(async () => {
      for (const rival of rivals) outcomes.push(await validate(rival).catch(({ data }) => data.reason));
    });
    expect(outcomes).toEqual(rivals.map(() => "IDENTITY_CONFLICT"));
    const others = Object.entries(counts).filter(([call]) => !/^(Get|BatchGet|Query)/.test(call));
    const ofRefusals = ([call]: readonly [string, number]) => call.endsWith(" REFUSALS"); // comes after the answers
    expect(others.filter((each) => !ofRefusals(each))).toEqual([["PutItem AUDIT", 1]]);
    expect(others.filter(ofRefusals).reduce((sum, [, times]) => sum + times, 0)).toBeLessThanOrEqual(1);
  });

  it("lists each call of a later org.me", async () => {
    const token = await world.newMember();
    for (let calls = 0; calls < 2; calls += 1) await me(token);
    expect(await counted(() => me(token))).toEqual(listed("`org.me`, later"));
  });
});
