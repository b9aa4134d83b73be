import { afterAll, expect, it } from "vitest";
import type { OrganizationId, Speakers } from "../../domain/index.ts";
import { dynamoSpeakers } from "./identities.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { ACME, ACME_EXAMPLE, GLOBEX, JANE, UNBOUNDED } from "./testing/examples.ts";
import { dynamoTransactions } from "./transactions.ts";

const inside = (organizationId: OrganizationId) => [{ organizationId, domain: ACME_EXAMPLE }];
const store = await startEmbeddedStore();
afterAll(() => store.close());

it("speakers are replaced only as they were seen, by one of several concurrent decisions", async () => {
  const table = await store.emptyTable();
  const { commit } = dynamoTransactions(table);
  const find = () => dynamoSpeakers(table).find(JANE, UNBOUNDED);
  const replace = (next: Speakers, present: Speakers) => {
    return commit({ writes: [{ item: "speakers", next, present }], unchanged: [], audit: [] }, UNBOUNDED);
  };
  const nobody = await find();
  const rivals = Array.from({ length: 10 }, (_, n) => ({
    ...nobody,
    sso: n % 2 ? ACME : GLOBEX,
    rev: `rival ${n}`,
  }));
  const outcomes = await Promise.all(rivals.map((next) => replace(next, nobody)));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  const stored = await find();
  const move = (id: OrganizationId) => replace({ ...stored, inside: inside(id), rev: `of ${id}` }, stored);
  expect([await move(ACME), await move(GLOBEX)]).toEqual([true, false]);
  expect(await find()).toMatchObject({ inside: inside(ACME), rev: "of acme" });
});
