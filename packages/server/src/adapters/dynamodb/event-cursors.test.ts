import { afterAll, expect, it } from "vitest";
import type { Listed, SubjectFacts } from "../../domain/index.ts";
import { dynamoEventCursors, dynamoFollowing, dynamoReconciliations } from "./event-cursors.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { toItem } from "./table/stored-item.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  eventCursor,
  link,
  NOON,
  organization,
  reconciliation,
  subjectFacts,
  UNBOUNDED,
  writeItems,
} from "./testing/examples.ts";

const BLOCKED = { isBlocked: true, at: NOON };
const LIFTED = { isBlocked: false, at: NOON };
const by = (sources: Partial<SubjectFacts["sources"]>) => ({ event: null, operator: null, ...sources });

const store = await startEmbeddedStore();
afterAll(() => store.close());

it("keeps a place and a reading of each tenant, of which the last write counts", async () => {
  const table = await store.emptyTable();
  const find = dynamoFollowing(table, "default");
  expect(await find(UNBOUNDED)).toEqual({ cursor: null, reconciliation: null });
  const cursors = dynamoEventCursors(table);
  for (const offset of [null, "o2", "o1"]) await cursors.save(eventCursor({ offset }), UNBOUNDED);
  await cursors.save(eventCursor({ tenant: "other", offset: "o9" }), UNBOUNDED);
  await dynamoReconciliations(table).save(reconciliation({ read: 7 }), UNBOUNDED);
  expect(await find(UNBOUNDED)).toEqual({
    cursor: eventCursor({ offset: "o1" }),
    reconciliation: reconciliation({ read: 7 }),
  });
});

it("lists each subject of a tenant that is linked or that an event has blocked, page by page, from any page on", async () => {
  const table = await store.emptyTable();
  const linked = Array.from({ length: 8 }, (_, index) => `waad|${index}`);
  const items = [
    ...linked.map((subject) => toItem(ITEM_TYPES.link, link({ subject }))),
    toItem(ITEM_TYPES.link, link({ subject: "waad|other", tenant: "other" })),
    toItem(ITEM_TYPES.facts, subjectFacts({ subject: "waad|1" })),
    toItem(ITEM_TYPES.facts, subjectFacts({ subject: "waad|unknown", sources: by({ operator: BLOCKED }) })),
    toItem(ITEM_TYPES.facts, subjectFacts({ subject: "waad|lifted", sources: by({ event: LIFTED }) })),
    toItem(ITEM_TYPES.facts, subjectFacts({ subject: "waad|not linked", sources: by({ event: BLOCKED }) })),
    toItem(ITEM_TYPES.organization, organization()),
  ];
  await writeItems(table, items);
  const { listSubjects } = dynamoReconciliations(table, 3);
  const pages: { readonly after: string | null; readonly subjects: readonly Listed[] }[] = [];
  for (let after: string | null = null; ; ) {
    const page = await listSubjects("default", after, UNBOUNDED);
    pages.push({ after, subjects: page.subjects });
    if (page.next === null) break;
    after = page.next;
  }
  expect(pages.length).toBeGreaterThan(2);
  const found = pages.flatMap(({ subjects }) => subjects);
  const expected = [
    ...linked.map((subject) => ({ subject, linkedAt: NOON })),
    { subject: "waad|not linked", linkedAt: null },
  ];
  expect(found).toHaveLength(expected.length);
  expect(found).toEqual(expect.arrayContaining(expected));
  const [, second] = pages;
  const again = await listSubjects("default", second?.after ?? null, UNBOUNDED);
  expect(again.subjects).toEqual(second?.subjects);
});
