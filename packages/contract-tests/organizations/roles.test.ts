import { beforeAll, describe, expect, it } from "vitest";
import { stackOfTests } from "../simulator/of-tests.ts";
import {
  type Caller,
  call,
  ORG_PROCEDURES,
  type OrganizationWorld,
  organizationWorld,
} from "../simulator/organization-world.ts";
import { BY_ROLE, ROWS } from "./rows.ts";

const stack = stackOfTests({ organizations: [] });
let world: OrganizationWorld;
beforeAll(async () => {
  world = await organizationWorld(stack);
});

const CALLERS: readonly Caller[] = [
  ...(["stranger", "member", "admin", "owner"] as const),
  ...(["elsewhere", "removed", "uncounted"] as const),
];

it("has a row for every procedure, and no other", () => {
  expect(Object.keys(ROWS).sort()).toEqual([...ORG_PROCEDURES].sort());
});

describe.each(ORG_PROCEDURES)("%s", (path) => {
  it.each(CALLERS)("answers %s as expected", async (caller) => {
    const row = ROWS[path];
    if (row === undefined) throw new Error(`${path} has no row`);
    const token = await tokenFor(caller, row.endsMembership ?? false);
    const organization = path === "org.me" ? {} : { organizationId: world.id };
    const { outcome, body } = await call(stack.url, path, token, { ...organization, ...row.input(world) });
    expect({ outcome, body }).toMatchObject({ outcome: row.outcomes[caller] });
  });
});

describe.each(BY_ROLE)("%s with %o", (path, input, outcomes) => {
  it.each(CALLERS)("answers %s as expected", async (caller) => {
    const given = typeof input === "function" ? input(world) : input;
    const asked = { organizationId: world.id, ...given };
    const { outcome } = await call(stack.url, path, world.tokens[caller], asked);
    expect(outcome).toBe(outcomes[caller]);
  });
});

/** Somebody new where the call ends a membership, so that the others stay what they are. */
async function tokenFor(caller: Caller, endsMembership: boolean): Promise<string> {
  const isSpent = endsMembership && (caller === "member" || caller === "admin");
  if (!isSpent) return world.tokens[caller];
  const email = world.at(`${caller}-leaving`);
  if (caller === "admin") {
    await call(stack.url, "org.invitations.create", world.tokens.owner, {
      organizationId: world.id,
      emails: [email],
      role: "admin",
    });
  }
  return world.bySso(email);
}
