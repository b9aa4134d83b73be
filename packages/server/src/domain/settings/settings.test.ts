import { beforeEach, describe, expect, it, vi } from "vitest";
import { auditEntry } from "../audit.ts";
import { domainOf } from "../email.ts";
import type { Administrator } from "../membership/standing.ts";
import { declaredConnection, type Organization } from "../organization.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { acmeAndGlobex } from "../testing/memory-ports.ts";
import { ACME, ENTRA, JANE, JANE_EMAIL, organization, UNBOUNDED } from "../testing/people.ts";
import { janeAs, operator, reasonOf } from "../testing/standings.ts";
import { type SettingsChange, updateOrganization, viewOf } from "./settings.ts";

let stores: MemoryAdministration;
beforeEach(async () => {
  stores = new MemoryAdministration();
  stores.organizations.setOwners(ACME, JANE);
  const tested = { ...declaredConnection(ENTRA), testedAt: stores.time };
  stores.connections.begin(tested);
});

const stored = () => stores.organizations.organizations.get(ACME);
const given = (settings: Partial<Organization>) =>
  stores.organizations.put(
    organization(ACME, { rev: "1", owners: [JANE], domains: [domainOf(JANE_EMAIL)], ...settings }),
  );
const update = (by: Administrator, changes: SettingsChange, login: string | null = ENTRA.name) =>
  updateOrganization(by, { changes, login }, stores, UNBOUNDED);

const ACTORS = { admin: () => janeAs("admin"), owner: () => janeAs("owner"), operator: () => operator() };
const CHANGES: readonly SettingsChange[] = [
  { name: "Acme Ltd" },
  { jit: false },
  { defaultRole: "admin" },
  { enforceSso: true },
];
const MIXED = { name: "Acme Ltd", jit: false } satisfies SettingsChange;

describe("the settings of an organization", () => {
  it("are recorded at the time of the decision that is stored, so that entries stand in the order of the changes", async () => {
    given({});
    const later = "2026-11-25T00:00:01.000Z";
    meanwhile(stores, () => {
      given({ name: "Changed meanwhile", rev: "2" });
      stores.time = later;
    });
    await update(await janeAs("owner"), { name: "Acme Ltd" });
    expect(stores.identities.entries).toMatchObject([{ at: later, before: { name: "Changed meanwhile" } }]);
  });

  it.each([
    ["admin", ["done", "ROLE_REQUIRED", "ROLE_REQUIRED", "ROLE_REQUIRED"], "ROLE_REQUIRED"],
    ["owner", ["done", "done", "done", "done"], "done"],
    ["operator", ["done", "done", "done", "done"], "done"],
  ] as const)("are changed by an %s: %j; name and JIT together: %s", async (actor, reasons, mixed) => {
    const by = await ACTORS[actor]();
    const answers = [];
    for (const changes of CHANGES) {
      given({});
      answers.push(await reasonOf(update(by, changes)));
      const changed = answers.at(-1) === "done" ? { ...changes, rev: expect.any(String) } : { rev: "1" };
      expect(stored()).toMatchObject(changed);
    }
    expect(answers).toEqual(reasons);
    given({});
    expect(await reasonOf(update(by, MIXED))).toBe(mixed);
  });

  it("are ROLE_REQUIRED for an admin who names an owner's setting, also as it is", async () => {
    given({});
    for (const changes of [{ jit: true }, { enforceSso: false }, { defaultRole: "member" }] as const)
      expect(await reasonOf(update(await janeAs("admin"), changes))).toBe("ROLE_REQUIRED");
  });

  it.each(CHANGES)(
    "are changed by operators alone where an operator's file decides them: %j",
    async (changes) => {
      given({ locked: ["name", "jit", "defaultRole", "enforceSso"] });
      const same = Object.fromEntries(
        Object.entries({ ...changes }).map(([key]) => [key, Reflect.get(organization(ACME), key)]),
      );
      expect(await reasonOf(update(await janeAs("owner"), changes))).toBe("ROLE_REQUIRED");
      expect(await reasonOf(update(await janeAs("owner"), same))).toBe("done");
      expect([stored()?.rev, stores.audited]).toEqual(["1", []]);
      expect(await reasonOf(update(await operator(), changes))).toBe("done");
      expect(stored()).toMatchObject(changes);
    },
  );

  it.each(CHANGES)("are free where the file decides only others: %j", async (changes) => {
    const [own] = Object.keys(changes);
    given({ locked: (["name", "jit", "defaultRole", "enforceSso"] as const).filter((each) => each !== own) });
    expect(await reasonOf(update(await janeAs("owner"), changes))).toBe("done");
  });

  it("are stored under a new revision and recorded once, with what changed", async () => {
    given({ defaultRole: "admin" });
    const changed = await update(await janeAs("owner"), { ...MIXED, defaultRole: "admin" });
    const entry = auditEntry({
      at: stores.time,
      actor: `user:${JANE}`,
      via: "console",
      action: "organization-updated",
      organizationId: ACME,
      before: { name: "acme", jit: true },
      after: MIXED,
    });
    const lists = { domains: [domainOf(JANE_EMAIL)], connections: [ENTRA.name] };
    expect(changed).toEqual(
      organization(ACME, {
        owners: [JANE],
        ...MIXED,
        ...lists,
        defaultRole: "admin",
        rev: expect.any(String),
      }),
    );
    expect([stored(), stores.identities.entries]).toEqual([changed, [entry]]);
    expect(changed.rev).not.toBe("1");
  });

  it("are neither written nor recorded where they hold already", async () => {
    const changed = await update(await operator(), MIXED);
    stores.time = "2027-01-01T00:00:00.000Z";
    const commit = vi.spyOn(stores.transactions, "commit");
    expect(await update(await janeAs("owner"), MIXED)).toEqual(changed);
    expect(await update(await janeAs("owner"), {})).toEqual(changed);
    expect(commit).not.toHaveBeenCalled();
  });

  it("are decided again on what somebody else has stored meanwhile", async () => {
    given({});
    meanwhile(stores, () => given({ rev: "2", defaultRole: "admin", locked: ["jit"] }));
    expect(await reasonOf(update(await janeAs("owner"), { jit: false }))).toBe("ROLE_REQUIRED");
    meanwhile(stores, () => given({ rev: "3", defaultRole: "admin", enforceSso: true }));
    expect(await update(await janeAs("owner"), { name: "New" })).toMatchObject({
      name: "New",
      defaultRole: "admin",
      enforceSso: true,
    });
  });

  it("are NOT_A_MEMBER in an organization that is gone", async () => {
    stores.organizations.organizations.clear();
    expect(await reasonOf(update(await janeAs("owner"), MIXED))).toBe("NOT_A_MEMBER");
  });
});

describe("enforcing SSO", () => {
  it.each([
    ["an owner with a way in", "owner", ENTRA.name, "done"],
    ["an owner without one", "owner", null, "NOT_READY"],
    ["an operator, even if it locks people out", "operator", null, "done"],
  ] as const)("is decided for %s", async (_, actor, login, reason) => {
    given({});
    expect(await reasonOf(update(await ACTORS[actor](), { enforceSso: true }, login))).toBe(reason);
    expect(stored()?.enforceSso).toBe(reason === "done");
  });

  it("is decided again where something has changed meanwhile, such as a way in", async () => {
    given({});
    meanwhile(stores, () => {
      stores.organizations.connections.clear();
      stores.connections.connections.clear();
      given({ rev: "2" }); // as every step does that takes a way in away
    });
    expect(await reasonOf(update(await janeAs("owner"), { enforceSso: true }))).toBe("NOT_READY");
  });

  it("is ended, and holds already, without any of this", async () => {
    given({ enforceSso: true });
    stores.organizations.connections.clear();
    for (const enforceSso of [true, false])
      expect(await update(await janeAs("owner"), { enforceSso }, null)).toMatchObject({ enforceSso });
  });
});

describe("the id in Auth0", () => {
  it.each([
    ["an operator", "operator", "org_new", "done"],
    ["an operator, as it is", "operator", "org_acme", "done"],
    ["an operator, to none", "operator", null, "done"],
    ["an operator, to another organization's", "operator", "org_globex", "CONFLICT"],
    ["an owner", "owner", "org_new", "ROLE_REQUIRED"],
    ["an admin", "admin", null, "ROLE_REQUIRED"],
  ] as const)("is changed by %s: %s, %s: %s", async (_, actor, auth0OrgId, reason) => {
    stores = new MemoryAdministration(
      acmeAndGlobex({ auth0OrgId: "org_acme" }, { auth0OrgId: "org_globex" }),
    );
    const commit = vi.spyOn(stores.transactions, "commit");
    expect(await reasonOf(update(await ACTORS[actor](), { auth0OrgId }))).toBe(reason);
    const isChanged = reason === "done" && auth0OrgId !== "org_acme";
    expect(stored()?.auth0OrgId).toBe(reason === "done" ? auth0OrgId : "org_acme");
    expect(commit).toHaveBeenCalledTimes(isChanged ? 1 : 0);
    const pointers = [...stores.organizations.pointers.values()].map(
      (each) => `${each.auth0OrgId} ${each.organizationId}`,
    );
    const own = stored()?.auth0OrgId;
    expect(pointers.sort()).toEqual([...(own === null ? [] : [`${own} acme`]), "org_globex globex"].sort());
    const recorded = { before: { auth0OrgId: "org_acme" }, after: { auth0OrgId } };
    expect(stores.identities.entries).toMatchObject(isChanged ? [recorded] : []);
  });
});

it("shows an organization without what is internal, and whether mails are sent", () => {
  const { id, name, jit, defaultRole, enforceSso, state } = organization(ACME);
  expect(viewOf(organization(ACME, { locked: ["jit"], rev: "1", auth0OrgId: "org_1" }), stores)).toEqual({
    id,
    name,
    jit,
    defaultRole,
    enforceSso,
    state,
    closing: null,
    locked: ["jit"],
    sendsMail: false,
  });
  const outbox = { postClosing: () => {} };
  expect(viewOf(organization(ACME), { ...stores, outbox })).toMatchObject({ sendsMail: true });
});
