import { afterAll, expect, it, vi } from "vitest";
import { type BegunWork, loginIdOf, parseUserId, standingsOf } from "../domain/index.ts";
import { NotifiedCaches } from "./cache.ts";
import { cachedIdentityLinks, cachedMemberships, cachedOrganizations } from "./caches.ts";
import { dynamoIdentities } from "./dynamodb/identities.ts";
import { dynamoMemberships } from "./dynamodb/memberships.ts";
import { dynamoOrganizations } from "./dynamodb/organizations.ts";
import { ITEM_TYPES } from "./dynamodb/table/item-types.ts";
import { toItem } from "./dynamodb/table/stored-item.ts";
import { startEmbeddedStore } from "./dynamodb/testing/embedded-store.ts";
import {
  ACME,
  connection,
  link,
  membership,
  organization,
  subjectFacts,
  UNBOUNDED,
  valid,
  writeItems,
} from "./dynamodb/testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

const HUNDRED = Array.from({ length: 100 }, (_, n) => ({
  userId: valid(parseUserId(`${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`)),
  subject: `waad|${n}`,
}));
const SINCE = 1_000;

it("a hundred users are read in two rounds, and then remembered, but for those whose standing has ended", async () => {
  const table = await store.emptyTable();
  const [removed, blocked] = HUNDRED;
  const okta = connection({ name: "acme-okta" });
  await writeItems(table, [
    toItem(ITEM_TYPES.organization, organization({ connections: [okta.name] })),
    toItem(ITEM_TYPES.connection, okta),
    ...HUNDRED.flatMap(({ userId, subject }) => [
      toItem(ITEM_TYPES.link, link({ userId, subject, connection: okta.name })),
      toItem(
        ITEM_TYPES.membership,
        membership({ userId, status: userId === removed?.userId ? "removed" : "active" }),
      ),
    ]),
    toItem(ITEM_TYPES.facts, subjectFacts({ subject: blocked?.subject ?? "", notBefore: SINCE })),
  ]);
  const sdk = await table.client();
  const sent = [vi.spyOn(sdk, "batchGetItem"), vi.spyOn(sdk, "getItem"), vi.spyOn(sdk, "query")];
  const clock = { monotonicMs: () => 0, wallMs: () => 0 };
  const options = { ttlMs: 5_000, clock, notified: new NotifiedCaches(600_000) };
  const links = cachedIdentityLinks(dynamoIdentities(table), options);
  const ports = {
    organizations: cachedOrganizations(dynamoOrganizations(table), options),
    memberships: cachedMemberships(dynamoMemberships(table), options),
    links,
    trustMode: "enforce" as const,
    now: () => new Date(SINCE * 1_000),
  };
  const ask = async () => {
    for (const spy of sent) spy.mockClear();
    const works = HUNDRED.map(
      ({ userId, subject }): BegunWork => ({
        userId,
        organizationId: ACME,
        role: "member",
        since: SINCE,
        loginId: loginIdOf(link({ subject })),
      }),
    );
    const standings = await standingsOf(works, ports, UNBOUNDED);
    return { standings, requests: sent.map(({ mock }) => mock.calls.length) };
  };
  const { standings, requests } = await ask();
  const active = { standing: "active", role: "member" };
  expect(standings).toEqual([
    { standing: "ended", reason: "MEMBERSHIP_REMOVED" },
    { standing: "ended", reason: "TOKEN_REVOKED" },
    ...Array(98).fill(active),
  ]);
  // 501 items: the organization, and of each user the membership, the block, the sign-out, the link and the facts. Then the
  // connection.
  expect(requests).toEqual([5, 1 + 1, 0]);
  expect(await ask()).toEqual({ standings, requests: [0, 1, 0] });
  for (const { subject } of HUNDRED) await links.findSubject(link({ subject }), UNBOUNDED);
  expect(sent.map(({ mock }) => mock.calls.length)).toEqual([0, 1, 0]); // tokens are judged by the same memory
});
