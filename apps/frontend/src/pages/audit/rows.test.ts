import { describe, expect, it } from "vitest";
import { entryOf } from "./entry-shape.fixture.ts";
import type { AuditEntry } from "./entry-shape.ts";
import { textOf } from "./parts.ts";
import { inOrder, partsOfRow, rowsOf } from "./rows.ts";

const names = {
  user: (userId: string) => ({ name: null, address: userId === "1" ? "jane" : "ben" }),
  invitee: (invitationId: string) => invitationId,
  inviter: () => null,
  connection: (name: string) => name,
};

type Given = Partial<AuditEntry>;

const rows = (...given: readonly Given[]) =>
  rowsOf(given.map((each, n) => entryOf({ action: "membership-removed", id: `${n}`, userId: "2", ...each })));
const idsOf = (...given: readonly Given[]) =>
  rows(...given).map(({ entries }) => entries.map(({ id }) => id).join(""));
const saidOf = (given: readonly Given[], isCut = false) =>
  rows(...given).map((row) =>
    partsOfRow(row, isCut)
      .map((part) => textOf(part, names))
      .join(""),
  );

describe("rowsOf", () => {
  it("puts those of one batch into a row that follow each other", () => {
    const [a, b] = [{ batchId: "a" }, { batchId: "b" }];
    expect(idsOf(a, a, b, {}, {}, b, a)).toEqual(["01", "2", "3", "4", "5", "6"]);
  });

  it("puts an accepted invitation and the membership by it into a row, in any order", () => {
    const accepted = { action: "invitation-accepted", invitationId: "i", actor: "login" } as const;
    const joined = { ...accepted, action: "membership-created", rule: "invitation" } as const;
    expect(idsOf(accepted, joined, { ...accepted, invitationId: "j" }, joined)).toEqual(["01", "2", "3"]);
    expect(saidOf([accepted, joined])).toEqual(["ben joined by invitation"]);
    expect(saidOf([joined, accepted])).toEqual(["ben joined by invitation"]);
    expect(idsOf(accepted, accepted)).toEqual(["0", "1"]);
  });
});

it("inOrder has those of one change by name, whatever order they came in", () => {
  const [row] = rows(
    ...["c", "a", "b10", "b9"].map((userId) => ({ id: userId, userId, batchId: "one" }) as const),
  );
  const called = { ...names, user: (userId: string) => ({ name: null, address: userId }) };
  expect(row && inOrder(row, called).map(({ id }) => id)).toEqual(["a", "b9", "b10", "c"]);
});

describe("a row of a batch says what was done, and to how many", () => {
  const admin = { after: { role: "admin" } } as const;
  const member = { after: { role: "member" } } as const;
  it.each<[action: AuditEntry["action"], one: Given, other: Given, said: string]>([
    ["membership-created", { actor: "operator", rule: "import" }, {}, "Platform added 2 people"],
    ["membership-removed", {}, {}, "jane removed 2 people"],
    ["membership-restored", {}, {}, "jane restored 2 people"],
    ["role-changed", admin, admin, "jane made 2 people admins"],
    ["role-changed", admin, member, "jane changed the roles of 2 people"],
    ["invitation-sent", member, member, "jane invited 2 people as members"],
    [
      "invitation-sent",
      member,
      { ...member, action: "invitation-resent" },
      "jane invited 2 people as members",
    ],
    ["invitation-resent", member, admin, "jane invited 2 people again"],
    ["invitation-revoked", {}, {}, "jane revoked 2 invitations"],
    [
      "organization-created",
      { actor: "operator" },
      { action: "domain-claimed" },
      "Platform made 2 changes at once",
    ],
  ])("%s", (action, one, other, said) => {
    const shared = { action, batchId: "b" };
    expect(
      saidOf([
        { ...shared, ...one },
        { ...shared, ...other },
      ]),
    ).toEqual([said]);
  });

  it("says that there may be more of it", () => {
    expect(saidOf(Array(1_200).fill({ batchId: "b" }), true)).toEqual(["jane removed 1,200+ people"]);
  });

  it("says of a single entry what the entry says", () => {
    expect(saidOf([{ batchId: "b" }], true)).toEqual(["jane removed ben"]);
  });
});
