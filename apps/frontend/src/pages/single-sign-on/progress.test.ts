import { expect, it } from "vitest";
import type { Domain } from "../../organization/trusted-domains.ts";
import type { Connection } from "./connection/connection.ts";
import { connectionFor, obstacleOf, progressOf, type Requirer, type StepName } from "./progress.ts";

const NOW = Date.parse("2026-06-15T12:00:00Z");
const YESTERDAY = "2026-06-14T12:00:00.000Z";
const SEVEN_DAYS_AGO = "2026-06-08T12:00:00.000Z";
const LONG_AGO = "2026-06-08T11:59:59.000Z";

function domain(state: Domain["state"]): Domain {
  const nothing = { verifiedBy: null, record: null, found: null, checkedAt: null, lapsesAt: null };
  return { domain: "acme.example", state, ...nothing };
}

function connection(name: string, given: Partial<Connection> = {}): Connection {
  const usual = { strategy: "okta", displayName: name, state: "enabled", waitingFor: null } as const;
  return { name, ...usual, testedAt: null, origin: "self-service", ...given };
}

const VERIFIED = [domain("verified")];
const FRESH = connection("okta", { testedAt: YESTERDAY });
const SET_UP = connection("a", { state: "pending" });
const OFF = connection("a", { state: "disabled", testedAt: YESTERDAY });
const UNTESTED = connection("a");
const OLD = connection("a", { testedAt: LONG_AGO });
const OF_SEVEN_DAYS = connection("a", { testedAt: SEVEN_DAYS_AGO });
const CONNECTED: StepName[] = ["domain", "connection"];
const TESTED: StepName[] = [...CONNECTED, "test"];

it.each<[string, Domain[], Connection[], boolean, StepName | null, StepName[]]>([
  ["nothing", [], [], false, "domain", []],
  ["a claimed domain", [domain("pending")], [], false, "domain", []],
  ["a lapsed domain", [domain("lapsed")], [], false, "domain", []],
  ["a domain", VERIFIED, [], false, "connection", ["domain"]],
  ["a domain whose record is missing", [domain("missing")], [], false, "connection", ["domain"]],
  ["a set-up", VERIFIED, [SET_UP], false, "connection", ["domain"]],
  ["one that is off", VERIFIED, [OFF], false, "connection", ["domain"]],
  ["a connection", VERIFIED, [UNTESTED], false, "test", CONNECTED],
  ["an old test", VERIFIED, [OLD], false, "test", CONNECTED],
  ["a test of seven days ago", VERIFIED, [OF_SEVEN_DAYS], false, "require", TESTED],
  ["one of two tested", VERIFIED, [UNTESTED, FRESH], false, "require", TESTED],
  ["the requirement", VERIFIED, [FRESH], true, null, [...TESTED, "require"]],
  ["the requirement and no test", VERIFIED, [UNTESTED], true, null, [...CONNECTED, "require"]],
])("progressOf with %s", (_, domains, connections, enforceSso, next, done) => {
  const states = Object.entries(progressOf({ domains, connections, enforceSso, nowMs: NOW }));
  expect(states.filter(([, state]) => state === "done").map(([step]) => step)).toEqual(done);
  expect(states.find(([, state]) => state === "next")?.[0] ?? null).toBe(next);
});

const READY: Requirer = {
  domains: VERIFIED,
  connections: [FRESH],
  enforceSso: false,
  nowMs: NOW,
  role: "owner",
  isLocked: false,
  signedInThrough: "okta",
  isInside: true,
};

const BY_PASSWORD = { signedInThrough: "Username-Password-Authentication" };
const BY_A = { signedInThrough: UNTESTED.name };

it.each<[string, Partial<Requirer>, string | null]>([
  ["everything is there", {}, null],
  ["the browser does not know the sign-in, so that the server is asked", { signedInThrough: null }, null],
  ["an operator has fixed it, whatever the role", { isLocked: true, role: "admin" }, "locked"],
  ["the caller is an admin", { role: "admin" }, "role"],
  ["there is no verified domain", { domains: [domain("pending")] }, "domain"],
  ["the only record is missing", { domains: [domain("missing")] }, "record"],
  ["there is no connection", { connections: [] }, "noConnection"],
  ["the connection is off", { connections: [{ ...FRESH, state: "disabled" }] }, "noConnection"],
  ["the test is old", { connections: [{ ...FRESH, testedAt: LONG_AGO }] }, "test"],
  ["the caller came through another one, not tested", { connections: [UNTESTED, FRESH], ...BY_A }, "test"],
  ["the caller came with a password", BY_PASSWORD, "signIn"],
  ["the caller is from outside", { ...BY_PASSWORD, isInside: false }, "outsider"],
])("obstacleOf when %s", (_, given, kind) => {
  expect(obstacleOf({ ...READY, ...given })?.kind ?? null).toBe(kind);
});

it.each([
  ["its own connection first", "entra", "entra"],
  ["a tested one otherwise", null, "okta"],
  ["a tested one instead of one that is off", "off", "okta"],
])("connectionFor takes %s", (_, signedInThrough, name) => {
  const off = connection("off", { state: "disabled", testedAt: YESTERDAY });
  expect(connectionFor([off, connection("entra"), FRESH], signedInThrough, NOW)?.name).toBe(name);
  expect(connectionFor([off], signedInThrough, NOW)).toBeNull();
});
