import { describe, expect, it } from "vitest";
import { type AuditEntry, auditEntry } from "../audit.ts";
import { ACME, ENTRA, JANE, JOE } from "../testing/people.ts";
import type { UserId } from "../user-id.ts";
import { parseSeenActor, personsOf, seenByOrganization } from "./organization-audit.ts";

const AT = "2026-11-25T00:00:00.000Z";

function entry(overrides: Partial<AuditEntry> = {}) {
  const login = { subject: "samlp|acme|jane@acme.example", holder: "samlp|acme|joe@acme.example" };
  const known = { at: AT, actor: "login", action: "seat-taken-over", connection: ENTRA.name } as const;
  const about = { userId: JANE, organizationId: ACME, tenant: "default" };
  return { ...auditEntry({ ...known, ...login, ...about, ...overrides }), id: "e1" };
}

describe("what an organization sees of an entry", () => {
  it("leaves out the tenant and the subjects, which may be addresses", () => {
    const change = { invitationId: "i1", before: { role: "member" }, after: { role: "admin" } } as const;
    expect(seenByOrganization(entry(change))).toEqual({
      id: "e1",
      at: AT,
      actor: "login",
      via: null,
      action: "seat-taken-over",
      userId: JANE,
      connection: ENTRA.name,
      domain: null,
      rule: null,
      batchId: null,
      ...change,
    });
  });

  it.each([
    ["operator:jo", "operator"],
    ["operator:user:x", "operator"],
    [`user:${JANE}`, `user:${JANE}`],
    ["login", "login"],
    ["system", "system"],
  ] as const)("names the actor %s as %s", (actor, seen) => {
    expect(seenByOrganization(entry({ actor })).actor).toBe(seen);
  });

  it("names neither the connection nor the user of another organization whose login was refused here", () => {
    const refused = { action: "identity-conflict", connection: "globex-okta" } as const;
    expect(seenByOrganization(entry({ ...refused, rule: "foreign-organization" }))).toMatchObject({
      connection: null,
      userId: null,
    });
    expect(seenByOrganization(entry({ ...refused, rule: "seat" })).connection).toBe("globex-okta");
  });
});

it.each<[string, Partial<AuditEntry>, readonly UserId[]]>([
  ["the user to whom it happened, then the one who did it", { actor: `user:${JOE}` }, [JANE, JOE]],
  ["a user who did it to themselves, once", { actor: `user:${JANE}` }, [JANE]],
  ["the user who did it to no other", { actor: `user:${JOE}`, userId: null }, [JOE]],
  ["the user whose login did it", {}, [JANE]],
  ["the user to whom an operator did it", { actor: "operator:jo" }, [JANE]],
  ["no user whom the organization does not see", { rule: "foreign-organization" }, []],
])("an entry is of %s", (_, overrides, expected) => {
  expect(personsOf(seenByOrganization(entry(overrides)))).toEqual(expected);
});

describe("an actor to filter by", () => {
  it.each(["login", "system", "operator", `user:${JANE}`])("can be %s", (actor) => {
    expect(parseSeenActor(actor)).toBe(actor);
  });

  it.each(["operator:jo", "user:", "user:jane", `user:${JANE.replace("4000", "4ABC")}`, `${JANE}`, ""])(
    "cannot be %s",
    (actor) => {
      expect(parseSeenActor(actor)).toBeNull();
    },
  );
});
