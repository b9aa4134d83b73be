import { type PlatformClient, reasonOf } from "@platform-api/client";
import { platformHandlers } from "@platform-api/client/testing";
import { describe, expect, it } from "vitest";
import { clientOf, clientWith, refused } from "./callers.ts";
import { PEOPLE, type Person } from "./personas.ts";
import type { RunningPlatform, TokenLimits, Trouble } from "./platforms.ts";

const ACME = { organizationId: "acme" };
const WAYNE = { organizationId: "wayne" };
const WONKA = { organizationId: "wonka" };
const NOBODY = "7c18584b-d06e-4ad2-9ff1-6ef64128fed0";

type Call = (client: PlatformClient) => Promise<unknown>;

/** How refusals arrive: every reason that a caller of the SDK can get, and every field that is not valid. */
export function describeRefusals(running: () => RunningPlatform): void {
  describe("a refusal", () => {
    it.each<[string, Person]>([
      ["MEMBERSHIP_REMOVED", "removed"],
      ["EMAIL_UNVERIFIED", "unverified"],
      ["DOMAIN_NOT_ALLOWED", "foreigner"],
      ["SSO_REQUIRED", "insister"],
    ])("%s is the answer to every call of %s", async (reason, person) => {
      const refusals = await everyRefusal(await clientOf(running(), person));
      expect(refusals).toMatchObject(Array(5).fill(refused(reason)));
    });

    it.each<[Trouble, number]>([
      ["TOKEN_EXPIRED", 401],
      ["TOKEN_REVOKED", 401],
      ["USER_TOKEN_REQUIRED", 403],
      ["EMAIL_MISSING", 403],
      ["EMAIL_INVALID", 403],
      ["IDENTITY_CONFLICT", 403],
      ["IDENTITY_BLOCKED", 403],
      ["KEYS_UNAVAILABLE", 503],
      ["DIRECTORY_UNAVAILABLE", 502],
      ["STORE_UNAVAILABLE", 503],
    ])("%s has the status %i for every procedure", async (reason, status) => {
      const { url, token } = await running().failingWith(reason);
      const refusals = await everyRefusal(clientWith(url, token));
      expect(refusals).toMatchObject(Array(5).fill(refused(reason, status)));
    });

    it.each([
      ["TOKEN_MISSING", null],
      ["TOKEN_INVALID", "not-a-token"],
      [
        "TOKEN_INVALID",
        platformHandlers({ url: "http://other.test", users: [PEOPLE.stranger] }).tokenFor(PEOPLE.stranger),
      ],
    ])("%s is the answer to every call with the token %s", async (reason, token) => {
      const refusals = await everyRefusal(clientWith(running().url, token));
      expect(refusals).toMatchObject(Array(5).fill(refused(reason, 401)));
    });

    const email = "x@mail.example";
    it.each<[string, Person, Call]>([
      ["NOT_A_MEMBER", "stranger", ({ org }) => org.get.query(WAYNE)],
      ["NOT_A_MEMBER", "stranger", ({ org }) => org.get.query({ organizationId: "not/an id" })],
      ["SSO_REQUIRED", "latecomer", ({ org }) => org.get.query({ organizationId: "initech" })],
      ["ROLE_REQUIRED", "member", ({ org }) => org.update.mutate({ ...WAYNE, name: "Mine" })],
      ["CONFLICT", "owner", ({ org }) => org.close.mutate({ ...WAYNE, name: "Another" })],
      ["NOT_FOUND", "owner", ({ org }) => org.members.remove.mutate({ ...WAYNE, userId: NOBODY })],
      ["NOT_FOUND", "owner", ({ org }) => org.invitations.revoke.mutate({ ...WAYNE, email })],
      ["NOT_FOUND", "stranger", ({ org }) => org.invitations.accept.mutate(WAYNE)],
      ["NOT_FOUND", "chief", ({ org }) => org.domains.check.mutate({ ...WONKA, domain: "not a domain" })],
      ["NOT_FOUND", "chief", ({ org }) => org.connections.get.query({ ...WONKA, name: "acme-entra" })],
      ["NOT_JOINABLE", "boss", ({ org }) => org.join.mutate(ACME)],
      ["NOT_READY", "cofounder", ({ org }) => org.update.mutate({ ...WONKA, enforceSso: true })],
      ["LAST_OWNER", "boss", ({ org }) => org.members.leave.mutate(ACME)],
    ])("%s arrives, to %s", async (reason, person, call) => {
      await expect(call(await clientOf(running(), person))).rejects.toMatchObject(refused(reason));
    });

    it("CONFLICT arrives", async () => {
      const { org } = await clientOf(running(), "owner");
      const { userId } = (await (await clientOf(running(), "member")).org.me.query()).user;
      const overlooking = org.members.setRole.mutate({
        ...WAYNE,
        userId,
        role: "admin",
        expectedRole: "owner",
      });
      await expect(overlooking).rejects.toMatchObject(refused("CONFLICT"));
    });

    const agent = { clientId: "agent", person: null };
    it.each<[string, Person, TokenLimits, Call]>([
      ["CLIENT_NOT_ALLOWED", "boss", { clientId: "reports" }, ({ org }) => org.get.query(ACME)],
      ["CLIENT_NOT_ALLOWED", "boss", { clientId: null }, ({ org }) => org.get.query(ACME)],
      // Who was removed learns first that the application may not ask.
      ["CLIENT_NOT_ALLOWED", "removed", { clientId: "reports" }, ({ org }) => org.get.query(ACME)],
      ["DELEGATION_NOT_ALLOWED", "boss", { actor: agent }, ({ org }) => org.get.query(ACME)],
      ["DELEGATION_NOT_ALLOWED", "boss", { actor: agent }, ({ org }) => org.members.leave.mutate(ACME)],
      ["DELEGATION_NOT_ALLOWED", "stranded", { actor: agent }, ({ auth }) => auth.validate.query()],
    ])("T81, T82: %s arrives, to %s with a token of %j", async (reason, person, limits, call) => {
      const client = clientWith(running().url, await running().tokenOf(person, limits));
      expect(await call(client).catch(reasonOf)).toBe(reason);
    });
  });

  describe("INPUT_INVALID", () => {
    it("names the field and comes after the check of the token", async () => {
      const invalid = ({ auth }: PlatformClient) => auth.check.query({ organizationId: "" });
      await expect(invalid(await clientOf(running(), "boss"))).rejects.toMatchObject({
        ...refused("INPUT_INVALID"),
        message: expect.stringMatching(/^The request is not valid: organizationId: /),
      });
      await expect(invalid(clientWith(running().url, null))).rejects.toMatchObject(
        refused("TOKEN_MISSING", 401),
      );
    });

    it.each<[string, Call, message?: string]>([
      ["a long id", ({ auth }) => auth.check.query({ organizationId: "😀".repeat(257) })],
      [
        "a misspelled field",
        sent("auth.check", { requiredRole: "owner" }),
        "input: unknown key requiredRole",
      ],
      [
        "two @",
        ({ discover }) => discover.byEmail.mutate({ email: "x@y@acme.example" }),
        "email: not an e-mail address such as jane@acme.example",
      ],
      ["a role to give", sent("org.update", { defaultRole: "owner" })],
      ["an empty name", sent("org.update", { name: "" })],
      ["a link as a name", sent("org.update", { name: "see https://evil.example" })],
      ["a text as a flag", sent("org.update", { jit: "no" })],
      ["no items", sent("org.members.list", { limit: 0 })],
      ["101 items", sent("org.members.list", { limit: 101 })],
      ["an unknown role", sent("org.members.list", { role: "king" })],
      ["another list's cursor", sent("org.members.list", { cursor: "WyJhIl0" })],
      ["nobody's ids", sent("org.members.lookup", { userIds: [] })],
      ["a subject as an id", sent("org.members.lookup", { userIds: ["waad|jane"] })],
      ["101 ids", sent("org.members.lookup", { userIds: Array(101).fill(NOBODY) })],
      ["an unknown state", sent("org.invitations.list", { state: "lost" })],
      ["no addresses", sent("org.invitations.create", { emails: [], role: "member" })],
      ["101 addresses", sent("org.invitations.create", { emails: Array(101).fill("x"), role: "member" })],
      ["a number as an address", sent("org.invitations.create", { emails: [5], role: "member" })],
      ["a long address", sent("org.invitations.create", { emails: ["x".repeat(1_001)], role: "member" })],
      ["a host as a domain", sent("org.domains.claim", { domain: "localhost" })],
      ["an address as a domain", sent("org.domains.claim", { domain: "jane@wonka.example" })],
      ["a link as a display name", sent("org.connections.begin", { displayName: "https://evil.example" })],
      ["no token", sent("org.connections.test", { name: "acme-entra", token: "" })],
      ["a long token", sent("org.connections.test", { name: "acme-entra", token: "x".repeat(8_193) })],
      ["an unknown action", sent("org.audit.list", { action: "danced" })],
      ["a day as a time", sent("org.audit.list", { since: "yesterday" })],
      ["a time without a zone", sent("org.audit.list", { until: "2026-11-01T00:00:00" })],
      ["an actor without an id", sent("org.audit.list", { actor: "user:jane" })],
      ["an unknown order", sent("org.audit.list", { order: "random" })],
    ])("refuses %s", async (_, call, message = "") => {
      const refusal = call(await clientOf(running(), "boss"));
      await expect(refusal).rejects.toMatchObject({
        ...refused("INPUT_INVALID"),
        message: expect.stringContaining(message),
      });
    });
  });
}

/** A call about Acme whose types do not matter. */
function sent(path: string, input: object): Call {
  return (client) => {
    const procedure = path.split(".").reduce<object>((at, name) => Reflect.get(at, name), client);
    const verb = /update|create|claim|begin|test$/.test(path) ? "mutate" : "query";
    return Reflect.get(procedure, verb)({ ...ACME, ...input });
  };
}

/** The refusals of all calls of a user, made concurrently. */
function everyRefusal({ auth, org }: PlatformClient): Promise<unknown[]> {
  const calls = [
    auth.validate.query(),
    auth.link.query(),
    auth.check.query(ACME),
    org.me.query(),
    org.join.mutate({ organizationId: "hooli" }),
  ];
  return Promise.all(calls.map((call) => call.catch((error: unknown) => error)));
}
