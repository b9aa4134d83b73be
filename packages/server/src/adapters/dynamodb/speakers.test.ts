import { afterAll, expect, it } from "vitest";
import type { OrganizationId } from "../../domain/index.ts";
import { dynamoSpeakers } from "./speakers.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { ACME, ACME_EXAMPLE, GLOBEX, JANE, UNBOUNDED } from "./testing/examples.ts";

const inside = (organizationId: OrganizationId) => [{ organizationId, domain: ACME_EXAMPLE }];
const store = await startEmbeddedStore();
afterAll(() => store.close());

it("speakers are replaced only as they were seen, by one of several concurrent decisions", async () => {
  const speakers = dynamoSpeakers(await store.emptyTable());
  const find = () => speakers.find(JANE, UNBOUNDED);
  const nobody = await find();
  const rivals = Array.from({ length: 10 }, (_, n) => ({
    ...nobody,
    sso: n % 2 ? ACME : GLOBEX,
    rev: `rival ${n}`,
  }));
  const outcomes = await Promise.all(rivals.map((next) => speakers.replace(next, nobody, UNBOUNDED)));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  const stored = await find();
  const replace = (id: OrganizationId) =>
    speakers.replace({ ...stored, inside: inside(id), rev: `of ${id}` }, stored, UNBOUNDED);
  expect([await replace(ACME), await replace(GLOBEX)]).toEqual([true, false]);
  expect(await find()).toMatchObject({ inside: inside(ACME), rev: "of acme" });
});
