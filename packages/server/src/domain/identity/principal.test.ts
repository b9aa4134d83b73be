import { expect, it } from "vitest";
import { claims, SETTINGS } from "../testing/people.ts";
import { reasonOf } from "../testing/standings.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { requirePermission, type ServiceClients, serviceOf, signsOf } from "./principal.ts";

const serviceClients: ServiceClients = new Map([
  ["worker", new Set(["standing", "audit"] as const)],
  ["reports", new Set(["audit"] as const)],
]);

type Claims = Partial<VerifiedClaims>;
const SIGN = "its gty is client-credentials";
const MACHINE: Claims = { subject: "worker@clients", connection: null, machine: SIGN, clientId: "worker" };
const UNKNOWN = "it has no connection claim, and its sub begins with no known strategy";

it.each<[string, Claims, person: string | null, machine: string | null]>([
  ["a connection claim", { subject: "jane" }, "it has a connection claim", null],
  [
    "an enterprise strategy",
    { subject: "adfs|jane", connection: null },
    "its sub begins with the strategy adfs",
    null,
  ],
  [
    "another strategy that is configured",
    { subject: "email|jane", connection: null },
    "its sub begins with the strategy email",
    null,
  ],
  ["a legacy token", { source: "platform", subject: "jane", connection: null }, "it is a legacy token", null],
  ["nothing", { subject: "jane", connection: null }, null, UNKNOWN],
  ["a strategy that is not configured", { subject: "passkey|jane", connection: null }, null, UNKNOWN],
  ["a machine's grant", MACHINE, null, SIGN],
  ["a machine's grant and a connection", { machine: SIGN }, "it has a connection claim", SIGN],
])("T25: %s says whose a token is", (_, overrides, person, machine) => {
  expect(signsOf(claims(overrides), SETTINGS)).toEqual({ person, machine });
});

it("a service is a machine that operators have listed, with what they allow it", () => {
  const service = serviceOf(claims(MACHINE), { ...SETTINGS, serviceClients });
  expect(service).toEqual({ clientId: "worker", permissions: new Set(["standing", "audit"]) });
});

it.each<[string, Claims, RegExp]>([
  ["a machine that is not listed", { ...MACHINE, clientId: "other" }, /^the application other is not in/],
  ["a machine without an application", { ...MACHINE, clientId: null }, /that the token does not name/],
  ["a token that nothing says anything of", { ...MACHINE, machine: null }, /nothing in it says machine$/],
  ["a person who uses a listed application", { clientId: "worker" }, /connection claim$/],
  ["a person whose token also says machine", { ...MACHINE, subject: "waad|jane" }, /strategy waad$/],
  [
    "a machine for which another one acts",
    { ...MACHINE, actor: { subject: "agt_1", clientId: null } },
    /acts/,
  ],
  ["a machine of test mode", { ...MACHINE, source: "test" }, /issuer/],
])("no service: %s", async (_, overrides, message) => {
  const judged = async () => serviceOf(claims(overrides), { ...SETTINGS, serviceClients });
  await expect(judged()).rejects.toThrow(message);
  expect(await reasonOf(judged())).toBe("CLIENT_NOT_ALLOWED");
});

it("a service needs the permission for what it asks", async () => {
  const reports = serviceOf(claims({ ...MACHINE, clientId: "reports" }), { ...SETTINGS, serviceClients });
  const asked = async (permission: Parameters<typeof requirePermission>[1]) =>
    requirePermission(reports, permission);
  expect([await reasonOf(asked("audit")), await reasonOf(asked("standing"))]).toEqual([
    "done",
    "ROLE_REQUIRED",
  ]);
  await expect(asked("standing")).rejects.toThrow("the permission standing");
});
