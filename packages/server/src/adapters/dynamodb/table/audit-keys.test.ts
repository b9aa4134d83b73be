import { describe, expect, it } from "vitest";
import { entry, GLOBEX, JANE, JOE } from "../testing/examples.ts";
import { auditIndexKeys, auditKey, identified, type StoredAuditEntry, withCopy } from "./audit-keys.ts";

describe("the keys of an audit entry", () => {
  const stored = (overrides: Parameters<typeof entry>[0] = {}) => identified(entry(overrides));
  const position = expect.stringMatching(/^2026-11-24T12:00:00\.000Z#[0-9a-f]{64}$/);

  it("sort by time, and are others for another entry with the same content", () => {
    expect(auditKey(stored()).sk).toEqual(position);
    expect(auditKey(stored()).sk).not.toBe(auditKey(stored()).sk);
  });

  it("are others for the copy, which an entry has where one user of the organization did it to another one", () => {
    const partitions = (...given: Parameters<typeof stored>) =>
      withCopy({ ...stored(...given), id: "a".repeat(64) }).map((each) => auditKey(each).pk);
    const actor = `user:${JOE}` as const;
    expect(partitions({ actor })).toEqual(["AUDIT#2026-11#a", "COPY#AUDIT#2026-11#a"]);
    const ones = [{}, { actor, userId: JOE }, { actor, userId: null }, { actor, organizationId: null }];
    for (const each of ones) expect(partitions(each)).toEqual(["AUDIT#2026-11#a"]);
  });

  it("are in the indexes by organization, person, actor and action, as far as the organization sees them", () => {
    const indexed = (overrides: Partial<StoredAuditEntry> = {}) =>
      auditIndexKeys({ ...entry(), id: "a".repeat(64), isCopy: false, ...overrides }).map(
        ({ index, pk, sk }) => [index, pk, sk],
      );
    const at = `2026-11-24T12:00:00.000Z#${"a".repeat(64)}`;
    const [shard, action] = ["AUDIT#acme#2", "AUDIT#acme#ACTION#identity-linked#2"];
    const [janes, joes] = [JANE, JOE].map((userId) => `AUDIT#acme#PERSON#${userId}`);
    expect(indexed()).toEqual([
      ["byAttribute", janes, at],
      ["byOrganization", shard, at],
      ["byActor", "AUDIT#acme#ACTOR#login#2", at],
      ["byAction", action, at],
    ]);
    const partitions = (given: Partial<StoredAuditEntry>) => indexed(given).map(([, pk]) => pk);
    const operator = "AUDIT#acme#ACTOR#operator#2";
    expect(partitions({ userId: null, actor: "operator:jo" })).toEqual([shard, operator, action]);
    expect(partitions({ rule: "foreign-organization" })).toEqual([shard, "AUDIT#acme#ACTOR#login#2", action]);
    expect(partitions({ userId: null, actor: `user:${JOE}` })).toEqual([joes, shard, action]);
    const byAnother = { actor: `user:${JOE}` } as const;
    expect(partitions(byAnother)).toEqual([janes, shard, action]);
    expect(indexed({ ...byAnother, isCopy: true })).toEqual([["byAttribute", joes, at]]);
    expect(partitions({ organizationId: GLOBEX, id: "f".repeat(64) })[1]).toBe("AUDIT#globex#3");
    expect(indexed({ organizationId: null })).toEqual([]);
  });
});
