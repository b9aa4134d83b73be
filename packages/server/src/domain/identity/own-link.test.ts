import { expect, it } from "vitest";
import { claims, JANE, JOE, link, UNBOUNDED } from "../testing/people.ts";
import type { SubjectKey } from "./identity-link.ts";
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
  const caller = { source: "auth0", userId: STORED.userId, claims: claims({ subject: "waad|old" }) } as const;
  const { rule, connection, linkedAt } = STORED;
  expect(await linkOf(caller, { storedLinks }, UNBOUNDED)).toEqual({ rule, connection, linkedAt });
  expect(asked).toEqual([{ tenant: "default", subject: "waad|old" }]);
});

it.each([
  ["a legacy token, without a read", { source: "platform", userId: STORED.userId }, storedLinks, 0],
  ["a link that was removed", { source: "auth0", userId: STORED.userId }, absent, 0],
  ["a link that was moved to another user", { source: "auth0", userId: JOE }, storedLinks, 1],
] as const)("refuses %s", async (_, who, stored, reads) => {
  asked.length = 0;
  const caller = { ...who, claims: claims() };
  await expect(linkOf(caller, { storedLinks: stored }, UNBOUNDED)).rejects.toMatchObject({
    reason: "NOT_FOUND",
  });
  expect(asked).toHaveLength(reads);
  expect(STORED.userId).toBe(JANE);
});
