import { beforeEach, expect, it } from "vitest";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { membership, spoken } from "../testing/memory-ports.ts";
import { JANE, link, UNBOUNDED } from "../testing/people.ts";
import { setBlocked } from "./block.ts";
import { requireKnownUser } from "./user-overview.ts";

const set = (isBlocked: boolean) => setBlocked({ userId: JANE, isBlocked }, stores, UNBOUNDED);
const LATER = "2026-11-26T00:00:00.000Z";

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration();
});

it("blocks and unblocks a user, and writes an audit entry for each change", async () => {
  expect(await set(true)).toBe(true);
  expect(await stores.identities.isBlocked(JANE)).toBe(true);
  const blockedAt = stores.time;
  stores.time = LATER;
  expect(await set(true)).toBe(false);
  expect(await set(false)).toBe(true);
  expect(await set(false)).toBe(false);
  expect(await stores.identities.isBlocked(JANE)).toBe(false);
  expect(stores.identities.entries).toMatchObject([
    { at: blockedAt, actor: "operator:jo", action: "identity-blocked", source: "operator", userId: JANE },
    { at: LATER, actor: "operator:jo", action: "identity-unblocked", source: "operator", userId: JANE },
  ]);
});

it("refuses a decision that relies on a user who is blocked meanwhile", async () => {
  const grant = () =>
    stores.transactions.commit(
      { writes: [], unchanged: [{ item: "block", absent: { userId: JANE } }], audit: [] },
      UNBOUNDED,
    );
  expect(await grant()).toBe(true);
  await set(true);
  expect(await grant()).toBe(false);
});

it("knows a user by a link, a membership or an erasure, and refuses any other with NOT_FOUND", async () => {
  const unknown = requireKnownUser(JANE, stores, UNBOUNDED);
  await expect(unknown).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "user", id: JANE });
  stores.memberships.put(membership());
  await requireKnownUser(JANE, stores, UNBOUNDED);
  const linked = new MemoryAdministration();
  await linked.identities.create(link());
  await requireKnownUser(JANE, linked, UNBOUNDED);
  const erased = new MemoryAdministration();
  spoken(erased, { erasedAt: erased.time });
  await requireKnownUser(JANE, erased, UNBOUNDED);
});
