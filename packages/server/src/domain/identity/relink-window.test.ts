import { expect, it } from "vitest";
import { ACME, ENTRA, GLOBEX, INITECH, JANE_EMAIL, link, relinkWindow } from "../testing/people.ts";
import { holdsFor, isOpen, mayFollow, type RelinkWindow } from "./relink-window.ts";

it.each([
  ["2026-11-19T23:59:59.999Z", false],
  ["2026-11-20T00:00:00.000Z", true],
  ["2026-11-29T23:59:59.999Z", true],
  ["2026-11-30T00:00:00.000Z", false],
])("the window is open at %s: %s", (at, open) => {
  expect(isOpen(relinkWindow(), new Date(at))).toBe(open);
});

it.each([
  ["of the connection's own organization", true, ACME, null],
  ["of the organization that became part of it", true, GLOBEX, GLOBEX],
  ["of its own organization in a merger's window", true, ACME, GLOBEX],
  ["of another organization", false, GLOBEX, null],
  ["of another organization than the merger's", false, INITECH, GLOBEX],
  ["without an organization", false, null, null],
])("a holder %s gives way: %s", (_, expected, organizationId, from) => {
  const former = link({ organizationId });
  const first = { email: JANE_EMAIL, connection: ENTRA };
  expect(mayFollow(first, { former, window: relinkWindow({ from }) })).toBe(expected);
});

it.each<[string, boolean, Partial<RelinkWindow>]>([
  ["of the organization that the connection had then", true, {}],
  ["of another one: the connection has moved since", false, { organizationId: GLOBEX }],
  ["that has ended", false, { until: "2026-11-21T00:00:00.000Z" }],
])("a window %s holds: %s", (_, expected, overrides) => {
  expect(holdsFor(relinkWindow(overrides), ENTRA, new Date("2026-11-25"))).toBe(expected);
});
