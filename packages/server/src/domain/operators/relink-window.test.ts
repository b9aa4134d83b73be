import { beforeEach, describe, expect, it } from "vitest";
import { auditEntry } from "../audit.ts";
import type { RelinkWindow } from "../identity/relink-window.ts";
import type { OrganizationId } from "../organization.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { acmeAndGlobex } from "../testing/memory-ports.ts";
import { ACME, ENTRA, GLOBEX, INITECH, JANE, relinkWindow, UNBOUNDED } from "../testing/people.ts";
import {
  closeRelinkWindow,
  findRelinkWindow,
  listTakenOver,
  openRelinkWindow,
  RelinkWindowRefused,
} from "./relink-window.ts";

const DAY_MS = 24 * 3_600_000;
const START = Date.parse("2026-11-20");
const at = (day: number) => new Date(START + day * DAY_MS).toISOString();
const WINDOW = relinkWindow();
const MERGER = { ...WINDOW, from: GLOBEX };
const OF_GLOBEX = { ...WINDOW, organizationId: GLOBEX };

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration(acmeAndGlobex());
  stores.time = at(5);
});

const open = (day: number, from: OrganizationId | null = null, connection = ENTRA.name) =>
  openRelinkWindow({ connection, until: new Date(at(day)), from }, stores, UNBOUNDED);

describe("opening a relink window", () => {
  it.each<[string, RelinkWindow | null, OrganizationId | null, Partial<RelinkWindow>]>([
    ["starts now without an earlier window", null, null, { openedAt: at(5), from: null }],
    ["keeps the start of an open window", WINDOW, null, { openedAt: at(0) }],
    ["keeps the merger of an open window", MERGER, null, { openedAt: at(0), from: GLOBEX }],
    ["adds a merger to an open window", WINDOW, GLOBEX, { openedAt: at(0), from: GLOBEX }],
    ["starts now after a window that has ended", { ...MERGER, until: at(5) }, null, { openedAt: at(5) }],
    ["starts now where the connection has moved since", OF_GLOBEX, null, { openedAt: at(5) }],
  ])("%s", async (_, present, from, expected) => {
    if (present !== null) stores.identities.opened.set(ENTRA.name, present);
    const window = await open(8, from);
    expect(window).toEqual({ ...WINDOW, until: at(8), from: null, ...expected, rev: expect.any(String) });
    expect(stores.identities.opened.get(ENTRA.name)).toEqual(window);
    const organizations = window.from === null ? [ACME] : [ACME, window.from];
    expect(stores.identities.entries).toMatchObject(
      organizations.map((organizationId) => ({
        at: at(5),
        actor: "operator:jo",
        action: "relink-window-opened",
        connection: ENTRA.name,
        organizationId,
      })),
    );
  });

  it.each([
    ["now", 5, "past"],
    ["in the past", 4, "past"],
    ["more than 14 days ahead", 19 + 1 / DAY_MS, "too-long"],
  ])("refuses an end that is %s", async (_, day, problem) => {
    const opened = open(day);
    await expect(opened).rejects.toThrow(RelinkWindowRefused);
    await expect(opened).rejects.toMatchObject({ reason: "INPUT_INVALID", problem });
    expect([...stores.identities.opened]).toEqual([]);
  });

  it("accepts an end that is exactly 14 days ahead", async () => {
    expect(await open(19)).toMatchObject({ until: at(19) });
  });

  it("refuses the connection's own organization, unknown organizations and unknown connections", async () => {
    await expect(open(8, ACME)).rejects.toMatchObject({ problem: "own-organization" });
    await expect(open(8, INITECH)).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "organization" });
    await expect(open(8, null, "acme-okta")).rejects.toMatchObject({
      reason: "NOT_FOUND",
      kind: "connection",
    });
    expect([...stores.identities.opened]).toEqual([]);
  });

  it("is decided again on what another operator has stored meanwhile", async () => {
    meanwhile(stores, () => stores.identities.opened.set(ENTRA.name, { ...MERGER, rev: "2" }));
    expect(await open(8)).toMatchObject({ openedAt: at(0), from: GLOBEX });
  });
});

describe("closing a relink window", () => {
  const close = (name = ENTRA.name) => closeRelinkWindow(name, stores, UNBOUNDED);

  it("ends an open window now, and writes its audit entry", async () => {
    stores.identities.opened.set(ENTRA.name, WINDOW);
    expect(await close()).toEqual({ ...WINDOW, until: at(5), rev: expect.any(String) });
    expect(stores.identities.opened.get(ENTRA.name)?.until).toBe(at(5));
    expect(stores.audited).toEqual(["operator:jo relink-window-closed acme"]);
  });

  it("ends a merger's window also where the connection is the former organization's again", async () => {
    stores.identities.opened.set(ENTRA.name, { ...MERGER, organizationId: GLOBEX, from: ACME });
    expect(await close()).toMatchObject({ until: at(5) });
    expect(stores.audited).toEqual(["operator:jo relink-window-closed acme"]);
  });

  it("ends the window of a connection that is no longer registered", async () => {
    stores.identities.opened.set(ENTRA.name, WINDOW);
    stores.organizations.connections.clear();
    expect(await close()).toMatchObject({ until: at(5) });
    expect(stores.audited).toEqual(["operator:jo relink-window-closed -"]);
  });

  it.each([null, { ...WINDOW, until: at(2) }])(
    "changes nothing when no window is open: %j",
    async (present) => {
      if (present !== null) stores.identities.opened.set(ENTRA.name, present);
      expect(await close()).toEqual(present);
      expect(stores.audited).toEqual([]);
    },
  );

  it("refuses a connection that neither exists nor had a window", async () => {
    await expect(close("acme-okta")).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "connection" });
  });
});

it("finds the last window, also of a connection that is no longer registered", async () => {
  const find = (name: string) => findRelinkWindow(name, stores, UNBOUNDED);
  expect(await find(ENTRA.name)).toBeNull();
  await expect(find("acme-okta")).rejects.toMatchObject({
    reason: "NOT_FOUND",
    kind: "connection",
    id: "acme-okta",
  });
  stores.identities.opened.set("acme-okta", WINDOW);
  expect(await find("acme-okta")).toEqual(WINDOW);
});

it("lists the seats that were taken over and the users that a merger let in, since the window opened", async () => {
  const entries = [
    ["seat-taken-over", ENTRA.name, "verified-domain", 1],
    ["identity-allowed", ENTRA.name, "merger", 2],
    ["identity-allowed", ENTRA.name, null, 2],
    ["identity-linked", ENTRA.name, "verified-domain", 2],
    ["seat-taken-over", "globex-okta", "verified-domain", 2],
    ["seat-taken-over", ENTRA.name, "verified-domain", -1],
  ] as const;
  for (const [action, connection, rule, day] of entries) {
    const who = { actor: "login", userId: JANE, organizationId: ACME } as const;
    stores.identities.entries.push(auditEntry({ at: at(day), action, connection, rule, ...who }));
  }
  const listed = await listTakenOver(WINDOW, stores, UNBOUNDED);
  expect(listed.map(({ action, rule }) => `${action} ${rule}`)).toEqual([
    "seat-taken-over verified-domain",
    "identity-allowed merger",
  ]);
});
