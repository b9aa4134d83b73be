import { beforeEach, expect, it } from "vitest";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { membership } from "../testing/memory-ports.ts";
import { held, JANE, JOE, link, SEAT, UNBOUNDED } from "../testing/people.ts";
import { describeSubject, describeUser, SubjectNotLinked } from "./user-overview.ts";

const KEY = { tenant: "default", subject: "waad|old" };

let stores: MemoryAdministration;
beforeEach(async () => {
  stores = new MemoryAdministration();
  await stores.identities.takeSeat(SEAT, KEY.subject);
});

it("describes the links, seats, memberships, block and speakers of a user", async () => {
  const seatless = link({ subject: "okta|old", connection: "acme-okta" });
  const replaced = link({ subject: "waad|replaced" });
  for (const each of [link(), seatless, replaced, link({ subject: "waad|joe", userId: JOE })])
    await stores.identities.create(each);
  stores.memberships.put(membership(), membership({ userId: JOE }));
  stores.identities.blocked.add(JANE);
  expect(await describeUser(JANE, stores, UNBOUNDED)).toEqual({
    userId: JANE,
    blocked: true,
    links: [
      { ...link(), holdsSeat: true },
      { ...seatless, holdsSeat: false },
      { ...replaced, holdsSeat: false },
    ],
    memberships: [membership()],
    speakers: { by: null, sso: null, inside: [], settledAt: null, version: 0 },
  });
});

it.each([true, false])(
  "describes the user of a subject once, with an index that lags: %s",
  async (lagging) => {
    await stores.identities.create(link());
    stores.identities.lagging = lagging;
    const { userId, links } = await describeSubject(KEY, stores, UNBOUNDED);
    expect([userId, links]).toEqual([JANE, [{ ...link(), holdsSeat: true }]]);
  },
);

it("refuses a subject that is not linked, with the seats it holds all the same", async () => {
  const described = describeSubject(KEY, stores, UNBOUNDED);
  await expect(described).rejects.toThrow(SubjectNotLinked);
  await expect(described).rejects.toMatchObject({
    reason: "NOT_FOUND",
    key: KEY,
    seats: [held(KEY.subject)],
  });
});
