import { AUDIT_ACTIONS } from "@platform-api/server/domain";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contractOf, PROCEDURES } from "../../server/src/trpc/index.ts";
import { disturb } from "./disturbed.ts";
import { PAIRS, race, someOf, someTriples } from "./races.ts";
import { partOfCommit, someFaults } from "./store-faults.ts";
import { CALLED } from "./verb.ts";
import { VERBS } from "./verbs.ts";
import { startVerbWorld, type VerbWorld } from "./world.ts";

const SEED = 20_261_129;
/** A sample, which takes some 15 s; `test:verbs` tries all of them. */
const DISTURBED = 10;
const RACING_PAIRS = 5;
const RACING_TRIPLES = 1;

let world: VerbWorld;
beforeAll(async () => {
  world = await startVerbWorld();
});
afterAll(() => world.close());

describe("the verbs", () => {
  it("are every mutation of the API", () => {
    const mutations = PROCEDURES.filter((path) => contractOf(path).type === "mutation");
    // The first stores nothing. The second ends the token that would repeat it: it stores what the operator's verb does.
    const verbs = [...CALLED, "discover.byEmail", "auth.signOutEverywhere"];
    expect(mutations.filter((path) => !verbs.includes(path))).toEqual([]);
  });

  it("record every action but a conflict, which is written alone, a logout elsewhere, an erasure, whose faults have their own test, and one that nothing records", () => {
    const recorded = new Set(Object.values(VERBS).flatMap(({ commits }) => commits.flat()));
    expect(AUDIT_ACTIONS.filter((action) => !recorded.has(action))).toEqual([
      "identity-conflict",
      "identity-session-ended",
      "identity-erased",
      "organization-applied",
    ]);
  });
});

describe("a fault at a request to the store", () => {
  it.each(someOf(Object.entries(VERBS), DISTURBED, SEED))(
    "leaves each transaction whole or not made, with its entries, while %s",
    async (_, verb) => {
      await disturb(verb, world, someFaults(SEED));
    },
  );

  const PARTS: readonly (readonly [string, (operations: readonly object[]) => readonly object[]])[] = [
    ["without its entry", (operations) => operations.slice(0, -1)],
    ["with nothing but its first write", (operations) => operations.slice(0, 1)],
  ];
  const WIDE = [
    "a first login through SSO, which makes a member",
    "a member becomes an owner",
    "people are invited",
  ];
  it.each(PARTS.flatMap(([part, of]) => WIDE.map((name) => [name, part, of] as const)))(
    "is noticed when %s by a commit %s",
    async (name, _, of) => {
      const choose = partOfCommit(world.environment, of);
      await expect(disturb(VERBS[name] ?? expect.fail(name), world, choose)).rejects.toThrow(
        "a part of a commit",
      );
    },
  );
});

describe("verbs at the same time come to what some order of them gives", () => {
  it.each(someOf(PAIRS, RACING_PAIRS, SEED))("%s, and %s", async (...pair) => {
    await race(pair, world, [SEED]);
  });

  it.each(someTriples(RACING_TRIPLES, SEED))("%s, %s, and %s", async (...triple) => {
    await race(triple, world, [SEED]);
  });
});
