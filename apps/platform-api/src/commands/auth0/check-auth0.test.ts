import { expect, it } from "vitest";
import { formatFindings } from "../../terminal/finding.ts";
import { readActionSource } from "./action-source.ts";
import { versionOf } from "./action-version.ts";
import { APPLICATION_FAULTS } from "./application-faults.fixture.ts";
import { checkAuth0 } from "./check-auth0.ts";
import type { Auth0Facts } from "./facts.ts";
import { LOGIN_FAULTS } from "./login-faults.fixture.ts";
import { API, APP, CONNECTION, RIGHT, withTenant } from "./right-set-up.fixture.ts";
import { TENANT_FAULTS } from "./tenant-faults.fixture.ts";

const SCOPES = ["read:connections"];
const SHIPPED = versionOf(readActionSource());
const judge = (facts: Auth0Facts) => checkAuth0(facts, SHIPPED, SCOPES);

it("finds nothing wrong in a right set-up", () => {
  expect(judge(RIGHT).filter(({ result }) => result !== "ok")).toEqual([]);
});

it.each([...TENANT_FAULTS, ...APPLICATION_FAULTS, ...LOGIN_FAULTS])(
  "finds %s, and nothing else",
  (_fault, facts, check, saw, fix) => {
    const wrong = judge(facts).filter(({ result }) => result === "differs");
    expect(wrong.map((finding) => finding.check)).toEqual([check]);
    expect(wrong[0]?.saw).toContain(saw);
    expect(wrong[0]?.fix).toContain(fix);
  },
);

const UNREAD = { why: "Auth0 answers 403: the client's grant lacks the scope read:x" };

it("says what it could not look at, and takes it for neither right nor wrong", () => {
  const facts = {
    ...withTenant({
      scopes: null,
      customDomains: UNREAD,
      api: UNREAD,
      actions: UNREAD,
      clients: [{ id: "app", found: UNREAD }],
      adminClients: [{ id: "app", found: UNREAD }],
      profile: UNREAD,
      organizations: UNREAD,
      connections: {
        value: [
          { ...CONNECTION, clientIds: UNREAD, use: UNREAD },
          { ...CONNECTION, name: "b", found: UNREAD },
        ],
      },
    }),
    clockSkewSeconds: UNREAD,
    token: null,
  };
  const findings = judge(facts);
  const skipped = findings.filter(({ result }) => result === "skipped").map(({ check }) => check);
  expect(skipped).toEqual([
    "clock",
    "token",
    "scopes",
    "custom domains",
    "API",
    "self-service profile",
    "application app",
    "frontend",
    "administration app",
    "Action",
    "claim namespace",
    "other strategies",
    "organizations",
    "connection acme-entra",
    "connection acme-entra",
    "connection b",
  ]);
  expect(findings.filter(({ result }) => result === "differs")).toEqual([]);
});

it("works without the Management API, from discovery and a token", () => {
  const facts = {
    ...RIGHT,
    settings: { ...RIGHT.settings, managementUrl: null },
    tenant: { why: "AUTH0_MANAGEMENT_URL is not set" },
    eventsScopes: null,
  };
  expect(formatFindings(judge(facts))).toMatchInlineSnapshot(`
    "✓ issuer https://login.platform.example/  its discovery document names it
    ✓ issuer https://acme.eu.auth0.com/       its discovery document names it
    ✓ key set                                 2 usable
    ✓ clock                                   the same as Auth0's
    ✓ token                                   RS256, its issuer and audience are the configured ones, it lives 3600 s
    – Management API                          not looked at: AUTH0_MANAGEMENT_URL is not set
    – scopes                                  not looked at: no Management API
    – custom domains                          not looked at: no Management API
    – API                                     not looked at: no Management API
    – applications                            not looked at: no Management API
    – self-service profile                    not looked at: no Management API
    – organizations                           not looked at: no Management API
    – connections                             not looked at: no Management API
    – Action                                  not looked at: no Management API
    ✓ claim namespace                         https://platform.example/claims/, as the token's claims show
    – other strategies                        not looked at: no Management API
    "
  `);
});

it("T82: says that nobody can administer, and takes it for neither right nor wrong", () => {
  const facts = { ...RIGHT, settings: { ...RIGHT.settings, admins: new Set<string>() } };
  const findings = judge(facts).filter(({ result }) => result !== "ok");
  const saw = expect.stringContaining("ADMIN_CLIENT_IDS is not set");
  expect(findings).toEqual([{ check: "administration", result: "note", saw }]);
});

/** Tokens of a day, of which nothing else ends one: neither events nor a logout at `app`. */
it.each<
  [
    what: string,
    lifetime: number,
    eventsClientId: string | null,
    urls: string[] | null | undefined,
    isNoted: boolean,
  ]
>([
  ["a short lifetime", 3_600, null, null, false],
  ["a long lifetime", 3_601, null, null, true],
  ["no back-channel logout URL", 86_400, null, [], true],
  ["an application that was not read", 86_400, null, undefined, true],
  ["events", 86_400, "events", null, false],
  ["back-channel logout", 86_400, null, ["https://api.platform.example/backchannel-logout"], false],
])(
  "notes a lifetime of tokens that nothing shortens: %s",
  (_what, lifetime, eventsClientId, urls, isNoted) => {
    const oidc_logout = {
      backchannel_logout_urls: urls ?? null,
      backchannel_logout_initiators: { mode: "all" },
    };
    const { tenant } = withTenant({
      api: { value: { ...API, token_lifetime: lifetime } },
      clients: [{ id: "app", found: urls === undefined ? UNREAD : { value: { ...APP, oidc_logout } } }],
    });
    const facts = { ...RIGHT, settings: { ...RIGHT.settings, eventsClientId }, tenant, eventsScopes: null };
    const noted = judge(facts).filter(({ result }) => result !== "ok" && result !== "skipped");
    const saw = expect.stringMatching(`^tokens live ${lifetime} s, .* set up back-channel logout for app `);
    expect(noted).toEqual(isNoted ? [{ check: "token lifetime", result: "note", saw }] : []);
  },
);

it("says that secrets cannot be read, and how to see the namespace", () => {
  const finding = judge({ ...RIGHT, token: null }).find(({ check }) => check === "claim namespace");
  expect(finding).toEqual({
    check: "claim namespace",
    result: "skipped",
    saw: "not looked at: the secret CLAIM_NAMESPACE exists; Auth0 does not show its value; --token - reads it from a user's access token",
  });
});

it("knows the Action whatever its line ends, and with more strategies", () => {
  const code = readActionSource();
  const crlf = `${code.replaceAll("\n", "\r\n")}\r\n\r\n`;
  const longer = code.replace("linkedin,twitter", "linkedin,twitter,oauth2");
  expect(versionOf(crlf)).toEqual(SHIPPED);
  expect(versionOf(longer)).toEqual({ ...SHIPPED, otherStrategies: [...SHIPPED.otherStrategies, "oauth2"] });
  expect(versionOf(code.replace("email_verified", "x")).hash).not.toBe(SHIPPED.hash);
  expect(SHIPPED.defaultNamespace).toBe("https://platform-api.example/");
});
