import { describe, expect, it } from "vitest";
import { type AuditEntry, auditEntry } from "../audit.ts";
import { ACME, ENTRA, JANE, JOE } from "../testing/people.ts";
import { isOfPerson, parseSeenActor, seenByOrganization } from "./organization-audit.ts";

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

it.each<[string, Partial<AuditEntry>, boolean]>([
  ["who did it", { actor: `user:${JANE}`, userId: JOE }, true],
  ["to whom it was done", { actor: `user:${JOE}` }, true],
  ["whose login did it", {}, true],
  ["who is not in it", { actor: `user:${JOE}`, userId: JOE }, false],
  ["whom the organization does not see", { rule: "foreign-organization" }, false],
])("an entry is of a person %s: %o", (_, overrides, expected) => {
  expect(isOfPerson(seenByOrganization(entry(overrides)), JANE)).toBe(expected);
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
