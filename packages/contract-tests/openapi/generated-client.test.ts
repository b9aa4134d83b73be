import { execFile } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import { type Description, describeServer } from "./description.ts";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Code that a developer can write from `/openapi.json` alone. */
const CONSUMER = `
import createClient from "openapi-fetch";
import type { components, paths } from "./paths.ts";

const { PLATFORM_API_URL: baseUrl = "", USER_TOKEN = "", EMAIL = "", JOINING_TOKEN = "" } = process.env;
const { SERVICE_TOKEN = "", OWNER_TOKEN = "", MEMBER_TOKEN = "", GUEST_TOKEN = "", GUEST_EMAIL = "", LEAVER_TOKEN = "" } = process.env;
const called: string[] = [];
const client = createClient<paths>({ baseUrl, headers: { "x-user-token": USER_TOKEN } });
client.use({ onRequest: ({ request, schemaPath }) => void called.push(\`\${request.method} \${schemaPath}\`) });

const validation = (await client.GET("/validate")).data;
const validationByPost = (await client.POST("/validate")).data;
const principal = (await client.GET("/principal")).data;
const principalId = principal?.kind === "user" ? principal.userId : principal?.clientId;
const { userId: askedId = "", issuedAt: since = "", loginId = null } = validation ?? {};
const work = { userId: askedId, organizationId: "acme", since, loginId };
const ofService = { headers: { "x-user-token": SERVICE_TOKEN } };
const standings = (await client.POST("/standings", { body: { of: [work] }, ...ofService })).data;
const serviceHeader = { authorization: \`Bearer \${SERVICE_TOKEN}\` };
const form = { body: { token: USER_TOKEN }, bodySerializer: (body: object) => new URLSearchParams(Object.entries(body)) };
const formHeaders = { ...serviceHeader, "content-type": "application/x-www-form-urlencoded" };
const asService = createClient<paths>({ baseUrl });
asService.use({ onRequest: ({ request, schemaPath }) => void called.push(\`\${request.method} \${schemaPath}\`) });
const introspection = (await asService.POST("/introspect", { ...form, headers: formHeaders })).data;
const introspected = introspection?.active ? introspection.sub : undefined;
const inFeed = { params: { query: { order: "oldest" } }, headers: serviceHeader, parseAs: "text" } as const;
const feed: string = (await asService.GET("/audit.ndjson", inFeed)).data ?? "";
const feedEnds = feed.endsWith('"}\\n');
const link = (await client.GET("/link")).data;
const query = { organizationId: "acme", role: "admin" } as const;
const check = (await client.GET("/check", { params: { query } })).data;
const path = { organizationId: "umbrella-retail" } as const;
const headers = { "x-user-token": JOINING_TOKEN };
const joined = (await client.POST("/organizations/{organizationId}/join", { params: { path }, headers })).data;
const mine = (await client.GET("/organizations/me")).data;
const discovery = (await client.POST("/public/auth/discover", { body: { email: EMAIL } })).data;
const health = [(await client.GET("/livez")).data?.status, (await client.GET("/readyz")).data?.status];
const refused = await createClient<paths>({ baseUrl }).GET("/validate");
const reason: components["schemas"]["Error"]["error"]["reason"] | undefined = refused.error?.error.reason;

const ofOwner = { "x-user-token": OWNER_TOKEN };
const ofMember = { "x-user-token": MEMBER_TOKEN };
const memberId = (await client.GET("/validate", { headers: ofMember })).data?.userId ?? "";
const acme = { params: { path: { organizationId: "acme" } }, headers: ofOwner };
const member = { params: { path: { organizationId: "acme", userId: memberId } }, headers: ofOwner };
const updated = (await client.PATCH("/organizations/{organizationId}", { ...acme, body: { name: "Acme" } })).data;
const seen = (await client.GET("/organizations/{organizationId}", acme)).data;
const closing = (await client.POST("/organizations/{organizationId}/close", { ...acme, body: { name: "Acme" } })).data;
const kept = (await client.POST("/organizations/{organizationId}/keep-open", acme)).data;
const search = { query: memberId, limit: 1 };
const members = await client.POST("/organizations/{organizationId}/members/search", { ...acme, body: search });
const items: components["schemas"]["Member"][] | undefined = members.data?.items;
const lookup = { userIds: [memberId] };
const found = (await client.POST("/organizations/{organizationId}/members/lookup", { ...acme, body: lookup })).data;
const ofLeaver = { headers: { "x-user-token": LEAVER_TOKEN } };
const signedOut = (await client.POST("/sign-out-everywhere", ofLeaver)).data?.sessions;
const body = { role: "admin", expectedRole: "member" } as const;
const promoted = (await client.PUT("/organizations/{organizationId}/members/{userId}/role", { ...member, body })).data;
const removed = (await client.POST("/organizations/{organizationId}/members/{userId}/remove", member)).data;
const restored = (await client.POST("/organizations/{organizationId}/members/{userId}/restore", member)).data;
const demotion = { change: { role: "member" as const }, expectedRoles: { [memberId]: "admin" as const } };
const demoting = { ...acme, body: { userIds: [memberId], ...demotion } };
const many = (await client.POST("/organizations/{organizationId}/members/change", demoting)).data;
const left = (await client.POST("/organizations/{organizationId}/leave", { ...acme, headers: ofMember })).data;
const inAcme = { signedOut, seen, closing, kept, updated, items, found, promoted, removed, restored, many, left };

const ofGuest = { ...acme, headers: { "x-user-token": GUEST_TOKEN } };
const invitation = { ...acme, body: { email: GUEST_EMAIL } };
const invite = async () => {
  const invitees = { emails: [GUEST_EMAIL], role: "member" as const };
  return (await client.POST("/organizations/{organizationId}/invitations", { ...acme, body: invitees })).data;
};
const invited = await invite();
const openOnes = { ...acme, body: { state: "open", limit: 100 } } as const;
const listed = (await client.POST("/organizations/{organizationId}/invitations/search", openOnes)).data?.items;
const guests: components["schemas"]["Invitation"][] = (listed ?? []).filter(({ email }) => email === GUEST_EMAIL);
const resent = (await client.POST("/organizations/{organizationId}/invitations/resend", invitation)).data;
const resending = { ...acme, body: { emails: [GUEST_EMAIL], change: "resend" as const } };
const resentMany = (await client.POST("/organizations/{organizationId}/invitations/change", resending)).data;
const revoked = (await client.POST("/organizations/{organizationId}/invitations/revoke", invitation)).data;
await invite();
const declined = (await client.POST("/organizations/{organizationId}/invitations/decline", ofGuest)).data;
await invite();
const accepted = (await client.POST("/organizations/{organizationId}/invitations/accept", ofGuest)).data;
const filter = { action: "invitation-revoked", order: "newest" } as const;
const inAudit = { headers: ofOwner, params: { ...acme.params, query: filter } };
const audit = (await client.GET("/organizations/{organizationId}/audit", inAudit)).data?.items;
const inStream = { ...inAudit, parseAs: "text" } as const;
const stream: string = (await client.GET("/organizations/{organizationId}/audit.ndjson", inStream)).data ?? "";
const streamed: unknown[] = stream.trim().split("\\n").map((line) => JSON.parse(line));
const invitations = { invited, guests, resent, resentMany, revoked, declined, accepted, audit, streamed };

const acmeDomains = "/organizations/{organizationId}/domains" as const;
const claim = { ...acme, body: { domain: "generated.example" } };
const claimed = (await client.POST(acmeDomains, claim)).data;
const ofDomain = { ...acme, params: { path: { organizationId: "acme", domain: "generated.example" } } };
const checked = (await client.POST("/organizations/{organizationId}/domains/{domain}/check", ofDomain)).data;
const domains: components["schemas"]["Domain"][] | undefined = (await client.GET(acmeDomains, acme)).data;
const released = (await client.DELETE("/organizations/{organizationId}/domains/{domain}", ofDomain)).data;
const acmeConnections = "/organizations/{organizationId}/connections" as const;
const beginning = { ...acme, body: { displayName: "Acme SSO" } };
const begun = (await client.POST(acmeConnections, beginning)).error?.error.reason;
const connections = (await client.GET(acmeConnections, acme)).data;
const ofEntra = { ...acme, params: { path: { organizationId: "acme", name: "acme-entra" } } };
const entra = (await client.GET("/organizations/{organizationId}/connections/{name}", ofEntra)).data;
const switchOff = { ...ofEntra, body: { enabled: false } };
const off = (await client.PATCH("/organizations/{organizationId}/connections/{name}", switchOff)).error?.error.reason;
const tokenOfIt = { ...ofEntra, body: { token: OWNER_TOKEN } };
const tested = (await client.POST("/organizations/{organizationId}/connections/{name}/test", tokenOfIt)).data;
const away = (await client.DELETE("/organizations/{organizationId}/connections/{name}", ofEntra)).error?.error.reason;
const restoreRequest = { headers: ofOwner, body: { organizationId: "acme" } };
const asked = (await client.POST("/restore-request", restoreRequest)).error?.error.reason;
const refusals: components["schemas"]["Refusals"] | undefined =
  (await client.GET("/organizations/{organizationId}/refusals", acme)).data;
const selfService = {
  asked, refusals,
  claimed, checked, domains: domains?.map(({ domain }) => domain), released,
  begun, connections, entra, off, passed: tested?.passed, away,
};

const userId: string | undefined = validation?.userId;
const role: "member" | "admin" | "owner" | null | undefined = check?.role;
const hint = discovery?.method === "sso" ? discovery.options[0]?.authorize.login_hint : undefined;
// @ts-expect-error an answer has no such field
validation?.subject;
// @ts-expect-error a service has no user id
() => principal?.userId;
// @ts-expect-error there is no such role
() => client.GET("/check", { params: { query: { organizationId: "acme", role: "king" } } });
// @ts-expect-error the organization is required
() => client.GET("/check", { params: { query: {} } });
// @ts-expect-error the organization is required here too
() => client.POST("/organizations/{organizationId}/join", { params: { path: {} } });
// @ts-expect-error there is no such role
() => client.PUT("/organizations/{organizationId}/members/{userId}/role", { ...member, body: { role: "king" } });
// @ts-expect-error there is no such action
() => client.GET("/organizations/{organizationId}/audit", { params: { ...acme.params, query: { action: "danced" } } });
// @ts-expect-error there is no such reason
() => reason === "NO_SUCH_REASON";

const data = { validation, validationByPost, principalId, standings, introspected, feedEnds, link, check, joined, mine, discovery, health, reason, userId, role, hint, inAcme, invitations, selfService };
console.log(JSON.stringify({ called, data }));
`;

/** Acme's connection as an operator has registered it. */
const ENTRA = {
  name: "acme-entra",
  strategy: "waad",
  displayName: "Acme",
  state: "enabled",
  waitingFor: null,
  origin: "operator",
};

const stack = stackOfTests({ settings: { DNS_RESOLVERS: "127.0.0.1:9" } }); // no check leaves this machine
let description: Description;
const folder = folderOfTests("generated");
const run = promisify(execFile);

beforeAll(async () => {
  description = await describeServer(stack.url);
  symlinkSync(join(PACKAGE, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "consumer.ts"), CONSUMER);
  writeFileSync(join(folder, "openapi.json"), description.text);
  const generator = join(PACKAGE, "node_modules/openapi-typescript/bin/cli.js");
  const compiler = join(PACKAGE, "openapi/typescript-with-api.ts");
  const args = ["--import", compiler, generator, "openapi.json", "--output", "paths.ts"];
  await run(process.execPath, args, { cwd: folder });
});

it("generates a client with exact types", async () => {
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const options = ["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext", "--types", "node"];
  const files = ["--allowImportingTsExtensions", "--skipLibCheck", "consumer.ts"];
  const { stdout } = await run(tsc, [...options, ...files], { cwd: folder }).catch((failure) => failure);
  expect(stdout).toBe("");
});

it("generates a client that calls every path and gets the answers that tRPC gives", async () => {
  const email = `${fresh("generated")}@acme.example`;
  const token = await logins(stack).entra(email);
  const joining = await logins(stack).okta(`${fresh("joining")}@umbrella.example`);
  const owner = await logins(stack).entra("boss@acme.example");
  const leaver = await logins(stack).password(`${fresh("leaver")}@hooli.example`);
  const memberEmail = `${fresh("member")}@acme.example`;
  const member = await logins(stack).entra(memberEmail);
  const guestEmail = `${fresh("guest")}@freelance.example`;
  const guest = await logins(stack).password(guestEmail);
  const tokens = {
    USER_TOKEN: token,
    JOINING_TOKEN: joining,
    OWNER_TOKEN: owner,
    MEMBER_TOKEN: member,
    LEAVER_TOKEN: leaver,
    SERVICE_TOKEN: await logins(stack).machine(),
  };
  const sent = { ...tokens, EMAIL: email, GUEST_TOKEN: guest, GUEST_EMAIL: guestEmail };
  const env = { ...process.env, PLATFORM_API_URL: stack.url, ...sent };
  const { stdout } = await run(process.execPath, ["consumer.ts"], { cwd: folder, env });
  const { called, data } = JSON.parse(stdout);
  expect([...new Set(called)].sort()).toEqual([...description.operations.keys()].sort());
  const client = stack.client(token);
  const validation = await client.auth.validate.query();
  const { userId: joiningId } = await stack.client(joining).auth.validate.query();
  const memberOf = (role: string, status = "active") =>
    expect.objectContaining({ email: memberEmail, role, status, origin: "jit", outside: false });
  const asOwner = stack.client(owner);
  const { userId: ownerId } = await asOwner.auth.validate.query();
  const { userId: guestId } = await stack.client(guest).auth.validate.query();
  const { items: audit } = await asOwner.org.audit.list.query({
    organizationId: "acme",
    action: "invitation-revoked",
  });
  const [revokedId] = audit.map(({ invitationId }) => invitationId);
  const invitationOf = (state: string) => ({
    invitationId: revokedId,
    email: guestEmail,
    role: "member",
    state,
    mail: "none",
    outside: true,
    invitedBy: ownerId,
    createdAt: expect.any(String),
    expiresAt: expect.any(String),
  });
  expect(data).toEqual({
    validation,
    validationByPost: validation,
    principalId: validation.userId,
    standings: [{ standing: "active", role: "member" }],
    introspected: validation.userId,
    feedEnds: true,
    link: await client.auth.link.query(),
    check: await client.auth.check.query({ organizationId: "acme", role: "admin" }),
    joined: { organizationId: "umbrella-retail", userId: joiningId, role: "member", status: "active" },
    mine: await client.org.me.query(),
    discovery: await client.discover.byEmail.mutate({ email }),
    health: ["ok", "ready"],
    reason: "TOKEN_MISSING",
    userId: validation.userId,
    role: "member",
    hint: email,
    inAcme: {
      signedOut: "remaining",
      seen: await asOwner.org.get.query({ organizationId: "acme" }),
      closing: expect.objectContaining({ closing: expect.objectContaining({ mail: "none" }) }),
      kept: await asOwner.org.keepOpen.mutate({ organizationId: "acme" }),
      updated: await asOwner.org.update.mutate({ organizationId: "acme", name: "Acme" }),
      items: [memberOf("member")],
      found: [
        { userId: expect.any(String), email: memberEmail, name: null, role: "member", status: "active" },
      ],
      promoted: memberOf("admin"),
      removed: memberOf("admin", "removed"),
      restored: memberOf("admin"),
      many: [{ userId: expect.any(String), outcome: "changed", hint: null, member: memberOf("member") }],
      left: {},
    },
    invitations: {
      invited: [{ email: guestEmail, outcome: "invited" }],
      guests: [invitationOf("open")],
      resent: invitationOf("open"),
      resentMany: [{ email: guestEmail, outcome: "changed", hint: null, invitation: invitationOf("open") }],
      revoked: invitationOf("revoked"),
      declined: {},
      accepted: { organizationId: "acme", userId: guestId, role: "member", status: "active" },
      audit,
      streamed: audit,
    },
    selfService: {
      asked: "CONFLICT",
      refusals: expect.any(Array), // other tests may have been refused
      claimed: expect.objectContaining({ domain: "generated.example", state: "pending", checkedAt: null }),
      checked: expect.objectContaining({ state: "pending", checkedAt: expect.any(String) }),
      domains: ["acme.example", "generated.example"],
      released: {},
      begun: "NOT_READY",
      connections: [{ ...ENTRA, testedAt: null }],
      entra: { ...ENTRA, testedAt: null },
      off: "ROLE_REQUIRED",
      passed: true,
      away: "ROLE_REQUIRED",
    },
  });
});
