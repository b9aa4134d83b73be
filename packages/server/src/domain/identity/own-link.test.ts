import { expect, it } from "vitest";
import type { SubjectKey } from "../subject-key.ts";
import { claims, JANE, JOE, link, UNBOUNDED } from "../testing/people.ts";
import { linkOf } from "./own-link.ts";

const STORED = link({ subject: "waad|old" });
const asked: SubjectKey[] = [];
const storedLinks = {
  async find(key: SubjectKey) {
    asked.push(key);
    return STORED;
  },
};
const absent = { find: async () => null };

it("answers the rule, the connection and the time of the caller's own subject, and nothing else", async () => {
  asked.length = 0;
  const caller = { userId: STORED.userId, claims: claims({ subject: "waad|old" }) };
  const { rule, connection, linkedAt } = STORED;
  expect(await linkOf(caller, { storedLinks }, UNBOUNDED)).toEqual({ rule, connection, linkedAt });
  expect(asked).toEqual([{ tenant: "default", subject: "waad|old" }]);
});

it.each([
  ["a legacy token, without a read", "platform", STORED.userId, storedLinks, 0],
  ["a link that was removed", "auth0", STORED.userId, absent, 0],
  ["a link that was moved to another user", "auth0", JOE, storedLinks, 1],
] as const)("refuses %s", async (_, source, userId, stored, reads) => {
  asked.length = 0;
  const caller = { userId, claims: claims({ source }) };
  await expect(linkOf(caller, { storedLinks: stored }, UNBOUNDED)).rejects.toMatchObject({
    reason: "NOT_FOUND",
  });
  expect(asked).toHaveLength(reads);
  expect(STORED.userId).toBe(JANE);
});
