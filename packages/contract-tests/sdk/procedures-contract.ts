import type { PlatformClient, Role } from "@platform-api/client";
import { platformHandlers } from "@platform-api/client/testing";
import { isUserId } from "@platform-api/server/wire";
import { describe, expect, it } from "vitest";
import { clientOf, clientWith, refused } from "./callers.ts";
import { PEOPLE, type Person } from "./personas.ts";
import type { RunningPlatform, Trouble } from "./platforms.ts";

/** The behavior of platform-api for callers of the SDK, for the server and for the handlers alike. */
export function describeProcedures(running: () => RunningPlatform): void {
  describe("for its callers", () => {
    const as = (person: Person) => clientOf(running(), person);
    const asNobody = () => clientWith(running().url, null);

    describe("auth.link", () => {
      it.each<[Person, string, string]>([
        ["boss", "verified-domain", "acme-entra"],
        ["stranger", "verified-email", "auth0"],
      ])("says that %s is linked by %s through %s", async (person, rule, connection) => {
        const { auth } = await as(person);
        await auth.validate.query();
        const link = await auth.link.query();
        expect(link).toEqual({ rule, connection, linkedAt: expect.any(String) });
        expect(new Date(link.linkedAt).toISOString()).toBe(link.linkedAt);
        expect(await (await as(person)).auth.link.query()).toEqual(link);
      });
    });

    describe("auth.check", () => {
      it.each<[Person, string, Role | undefined, boolean, Role | null]>([
        ["boss", "acme", undefined, true, "owner"],
        ["boss", "acme", "admin", true, "owner"],
        ["boss", "hooli", undefined, false, null],
        ["boss", "there-is-none", undefined, false, null],
        ["boss", "not/an id", undefined, false, null],
        ["newcomer", "acme", "member", true, "member"],
        ["newcomer", "acme", "admin", false, "member"],
        ["chooser", "umbrella-labs", "admin", true, "admin"],
        ["chooser", "umbrella-retail", undefined, false, null],
        ["dismissed", "hooli", undefined, false, null],
        ["contractor", "initech", undefined, true, "member"],
        ["latecomer", "initech", undefined, false, null],
        ["waiting", "closed", undefined, false, null],
      ])("checks %s in %s as %s", async (person, organizationId, role, allowed, found) => {
        const question = role === undefined ? { organizationId } : { organizationId, role };
        expect(await (await as(person)).auth.check.query(question)).toEqual({
          allowed,
          role: found,
          actor: null,
        });
      });
    });

    describe("auth.validate and org.me", () => {
      const acme = (role: Role) => ({ id: "acme", name: "Acme", role, ssoRequired: false });
      const initech = { id: "initech", name: "Initech" };
      it.each<[Person, object[], string | null, object[]]>([
        ["boss", [acme("owner")], "acme", []],
        ["newcomer", [acme("member")], "acme", []],
        ["named", [acme("admin")], "acme", []],
        [
          "chooser",
          [{ id: "umbrella-labs", name: "Umbrella Labs", role: "admin", ssoRequired: false }],
          "umbrella-labs",
          [{ id: "umbrella-retail", name: "Umbrella Retail" }],
        ],
        ["applicant", [], null, [{ id: "hooli", name: "Hooli" }]],
        ["dismissed", [], null, []],
        ["employee", [{ ...initech, role: "member", ssoRequired: false }], "initech", []],
        ["contractor", [{ ...initech, role: "member", ssoRequired: false }], null, []],
        ["latecomer", [{ ...initech, role: "admin", ssoRequired: true }], null, []],
        ["waiting", [], null, []],
        ["stranger", [], null, []],
        ["lapsed", [], null, []],
      ])("identify %s and list their organizations", async (person, organizations, active, joinable) => {
        const { userId, expiresAt, ...identity } = await (await as(person)).auth.validate.query();
        const email = person === "lapsed" || person === "latecomer" ? null : PEOPLE[person].email;
        const own = { source: "auth0", clientId: "console", actor: null };
        expect(identity).toEqual({ ...own, email, organizationId: active });
        expect(userId).toSatisfy(isUserId);
        expect(new Date(expiresAt).toISOString()).toBe(expiresAt);
        expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
        const { user, ...rest } = await (await as(person)).org.me.query();
        const removed = person === "dismissed" ? [{ id: "hooli", name: "Hooli" }] : [];
        expect(rest).toEqual({
          actor: null,
          organizations,
          activeOrganizationId: active,
          joinable,
          removed,
          invitations: [],
        });
        expect(user.userId).toBe(userId);
      });
    });

    describe("org.join", () => {
      it("makes a user a member of a joinable organization, once", async () => {
        const client = await as("joiner");
        const organizationId = "umbrella-retail";
        const { userId } = await client.auth.validate.query();
        const joined = await client.org.join.mutate({ organizationId });
        expect(joined).toEqual({ organizationId, userId, role: "member", status: "active" });
        const { organizations, joinable } = await client.org.me.query();
        expect(organizations.map(({ id, role }) => [id, role])).toEqual([
          ["umbrella-labs", "admin"],
          [organizationId, "member"],
        ]);
        expect(joinable).toEqual([]);
        expect(await client.auth.check.query({ organizationId })).toMatchObject({
          allowed: true,
          role: "member",
        });
        await expect(client.org.join.mutate({ organizationId })).rejects.toMatchObject(
          refused("NOT_JOINABLE"),
        );
      });

      it.each<[Person, string]>([
        ["applicant", "acme"],
        ["applicant", "there-is-none"],
        ["applicant", "not/an id"],
        ["dismissed", "hooli"],
        ["waiting", "closed"],
        ["boss", "acme"],
        ["lapsed", "hooli"],
      ])("does not let %s into %s", async (person, organizationId) => {
        const refusal = (await as(person)).org.join.mutate({ organizationId });
        await expect(refusal).rejects.toMatchObject(refused("NOT_JOINABLE"));
      });
    });

    describe("discover.byEmail", () => {
      const option = (
        connection: string,
        displayName: string,
        login_hint: string,
        organization?: string,
      ) => ({
        connection,
        displayName,
        authorize: { connection, ...(organization !== undefined && { organization }), login_hint },
      });
      const sso = (passwordAllowed: boolean, ...options: object[]) => ({
        method: "sso",
        passwordAllowed,
        options,
      });
      it.each<[string, object]>([
        [
          "Jane@Acme.Example",
          sso(true, option("acme-entra", "Acme (Entra ID)", "jane@acme.example", "org_acme")),
        ],
        [
          "x+y@umbrella.example",
          sso(
            true,
            option("umbrella-adfs", "Old Umbrella", "x+y@umbrella.example"),
            option("umbrella-okta", "Umbrella", "x+y@umbrella.example"),
          ),
        ],
        ["x@initech.example", sso(false, option("initech-adfs", "Initech", "x@initech.example"))],
        ["x@hooli.example", { method: "password" }],
        ["x@sub.acme.example", { method: "password" }],
        ["x@bücher.example", { method: "password" }],
      ])("finds the sign-in options for %s", async (email, answer) => {
        expect(await asNobody().discover.byEmail.mutate({ email })).toEqual(answer);
      });

      it.each(["x@y@acme.example", "jäne@acme.example"])("refuses a malformed address: %s", async (email) => {
        await expect(asNobody().discover.byEmail.mutate({ email })).rejects.toMatchObject({
          ...refused("INPUT_INVALID"),
          message: "The request is not valid: email: not an e-mail address such as jane@acme.example",
        });
      });
    });

    describe("a refusal", () => {
      it.each<[string, Person]>([
        ["MEMBERSHIP_REMOVED", "removed"],
        ["EMAIL_UNVERIFIED", "unverified"],
        ["DOMAIN_NOT_ALLOWED", "foreigner"],
        ["SSO_REQUIRED", "insister"],
      ])("%s is the answer to every call of %s", async (reason, person) => {
        expect(await everyRefusal(await as(person))).toMatchObject(Array(5).fill(refused(reason)));
      });

      it.each<[Trouble, number]>([
        ["TOKEN_EXPIRED", 401],
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
        expect(await everyRefusal(clientWith(url, token))).toMatchObject(
          Array(5).fill(refused(reason, status)),
        );
      });

      it.each([
        ["TOKEN_MISSING", null],
        ["TOKEN_INVALID", "not-a-token"],
        [
          "TOKEN_INVALID",
          platformHandlers({ url: "http://other.test", users: [PEOPLE.stranger] }).tokenFor(PEOPLE.stranger),
        ],
      ])("%s is the answer to every call with the token %s", async (reason, token) => {
        expect(await everyRefusal(clientWith(running().url, token))).toMatchObject(
          Array(5).fill(refused(reason, 401)),
        );
      });

      it("INPUT_INVALID names the field and comes after the check of the token", async () => {
        const boss = await as("boss");
        for (const organizationId of ["", "😀".repeat(257)]) {
          await expect(boss.auth.check.query({ organizationId })).rejects.toMatchObject({
            ...refused("INPUT_INVALID"),
            message: expect.stringMatching(/^The request is not valid: organizationId: /),
          });
        }
        await expect(asNobody().auth.check.query({ organizationId: "" })).rejects.toMatchObject(
          refused("TOKEN_MISSING", 401),
        );
      });

      it("INPUT_INVALID refuses a misspelled `role` instead of ignoring it", async () => {
        const misspelt = { organizationId: "acme", requiredRole: "owner" };
        await expect((await as("boss")).auth.check.query(misspelt)).rejects.toMatchObject({
          ...refused("INPUT_INVALID"),
          message: 'The request is not valid: input: Unrecognized key: "requiredRole"',
        });
      });

      it("INPUT_INVALID counts code points, not UTF-16 units", async () => {
        const organizationId = "😀".repeat(256);
        const answer = await (await as("boss")).auth.check.query({ organizationId });
        expect(answer).toEqual({ allowed: false, role: null, actor: null });
      });
    });
  });
}

/** The refusals of all calls of a user, made concurrently. */
function everyRefusal({ auth, org }: PlatformClient): Promise<unknown[]> {
  const calls = [
    auth.validate.query(),
    auth.link.query(),
    auth.check.query({ organizationId: "acme" }),
    org.me.query(),
    org.join.mutate({ organizationId: "hooli" }),
  ];
  return Promise.all(calls.map((call) => call.catch((error: unknown) => error)));
}
