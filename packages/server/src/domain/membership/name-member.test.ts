import { describe, expect, it, vi } from "vitest";
import type { Membership } from "../membership.ts";
import { parsePersonName } from "../person-name.ts";
import {
  AS_GUEST,
  BY_PASSWORD,
  GUEST_EMAIL,
  type MemoryPorts,
  membership,
  memoryPorts,
  NOW,
  signedIn,
  VIA_ACME,
} from "../testing/memory-ports.ts";
import { ACME, address, JANE, UNBOUNDED } from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { listOrganizations } from "./belonging.ts";
import { ensureMembership } from "./ensure-membership.ts";

const ADA = parsePersonName("Ada");
const JANE_MILLER = parsePersonName("Jane Miller");
const DAY_MS = 86_400_000;
const before = (ms: number) => new Date(Date.parse(NOW) - ms).toISOString();

const stored = async ({ memberships }: MemoryPorts) => memberships.find(ACME, JANE);

/** Jane's membership, once her login was judged. */
async function afterLogin(
  present: Partial<Membership>,
  claims: Partial<VerifiedClaims>,
): Promise<Membership | null> {
  const ports = memoryPorts();
  ports.memberships.put(membership(present));
  const identity = await signedIn(ports, { name: JANE_MILLER, ...claims });
  const commit = vi.spyOn(ports.transactions, "commit");
  await ensureMembership(ACME, identity, ports, UNBOUNDED);
  await Promise.all(commit.mock.results.map(({ value }) => value));
  return stored(ports);
}

const NAMED = { name: JANE_MILLER, namedAt: NOW };
const UNNAMED = { name: null, namedAt: null };

describe("a login", () => {
  it.each<[string, Partial<Membership>, Partial<VerifiedClaims>]>([
    ["who had no name", {}, VIA_ACME],
    ["who was named a day ago", { name: ADA, namedAt: before(DAY_MS) }, VIA_ACME],
    [
      "who has another address, by the organization's own connection",
      { email: address("j@acme.example") },
      VIA_ACME,
    ],
    ["by a login that proves the address", {}, BY_PASSWORD],
    ["who is from outside", { email: GUEST_EMAIL, invitedFromOutside: true }, AS_GUEST],
  ])("names one %s", async (_, present, claims) => {
    expect(await afterLogin(present, claims)).toMatchObject(NAMED);
  });

  it.each<[string, Partial<Membership>, Partial<VerifiedClaims>]>([
    ["who was named less than a day ago", { name: ADA, namedAt: before(DAY_MS - 1) }, VIA_ACME],
    ["by a token without a name", { name: ADA, namedAt: before(2 * DAY_MS) }, { name: null }],
    ["who was removed", { status: "removed" }, VIA_ACME],
    ["by a login elsewhere that proves another address", { email: address("j@acme.example") }, BY_PASSWORD],
    ["who is named so already", { name: JANE_MILLER, namedAt: before(2 * DAY_MS) }, VIA_ACME],
  ])("T8R: does not name one %s", async (_, present, claims) => {
    const { name, namedAt } = { ...UNNAMED, ...present };
    expect(await afterLogin(present, claims)).toMatchObject({ name, namedAt });
  });

  it("T8R: names nobody by a delegated token", async () => {
    const ports = memoryPorts();
    ports.memberships.put(membership());
    const identity = await signedIn(ports, { name: JANE_MILLER });
    const actor = { userId: null, clientId: "agent" };
    const commit = vi.spyOn(ports.transactions, "commit");
    await ensureMembership(ACME, { ...identity, actor }, ports, UNBOUNDED);
    expect(commit).not.toHaveBeenCalled();
  });

  it("names the member in every organization that is listed", async () => {
    const ports = memoryPorts();
    ports.memberships.put(membership());
    await listOrganizations(await signedIn(ports, { name: JANE_MILLER }), ports, UNBOUNDED);
    await expect.poll(() => stored(ports)).toMatchObject(NAMED);
  });

  it("names the member that it makes", async () => {
    const ports = memoryPorts();
    await ensureMembership(ACME, await signedIn(ports, { name: JANE_MILLER }), ports, UNBOUNDED);
    expect(await stored(ports)).toMatchObject({ origin: "jit", ...NAMED });
  });

  it("T8R: is let in all the same where the name cannot be stored, or the membership has changed meanwhile", async () => {
    for (const commit of [vi.fn().mockRejectedValue(new Error("down")), vi.fn().mockResolvedValue(false)]) {
      const ports = memoryPorts();
      const present = membership();
      ports.memberships.put(present);
      const identity = await signedIn(ports, { name: JANE_MILLER });
      const transactions = { ...ports.transactions, commit };
      expect(await ensureMembership(ACME, identity, { ...ports, transactions }, UNBOUNDED)).toEqual(present);
      expect(commit).toHaveBeenCalledOnce();
    }
  });
});
