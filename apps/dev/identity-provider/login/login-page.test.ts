import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { login } from "../../token/login.ts";
import { API_AUDIENCE, CLI_CLIENT, DEVELOPMENT_PASSWORD, PASSWORD_CONNECTION } from "../index.ts";
import { CALLBACK, runningTenant, TENANT, Visitor } from "../running-tenant.fixture.ts";

const ACME = { connection: "acme-entra", login_hint: "jane@acme.example" };
const ADA = { email: "ada@hooli.example", password: DEVELOPMENT_PASSWORD };

async function visitor(): Promise<Visitor> {
  return new Visitor((await runningTenant()).issuer);
}

/** The value of an input, or undefined when there is no such input. */
function filledIn(html: string, name: string): string | undefined {
  return new RegExp(`<input[^>]* name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1];
}

describe("login page of an SSO connection", () => {
  test("shows the company's name, the address filled in and one button", async () => {
    const { html, status } = await (await visitor()).authorize(ACME);
    expect(status).toBe(200);
    expect(html).toContain("<title>Acme · sign in with Entra ID</title>");
    expect(html).toContain("<strong>Acme</strong><span>Entra ID</span>");
    expect(html).toContain("to continue to Platform");
    expect(filledIn(html, "email")).toBe("jane@acme.example");
    expect(filledIn(html, "password")).toBeUndefined();
    expect(html.match(/<button/g)).toHaveLength(1);
    expect(html).not.toContain("Example accounts");
  });

  test("shows the strategy's name when the connection has no display name", async () => {
    const { html } = await (await visitor()).authorize({ connection: "globex-saml" });
    expect(html).toContain("<title>Globex · sign in with SAML</title>");
  });

  test("is the default for an organization with connections", async () => {
    const { html } = await (await visitor()).authorize({ organization: "org_acme" });
    expect(html).toContain("Acme · sign in with Entra ID");
  });

  test("offers the known users when the request does not name one", async () => {
    const { html } = await (await visitor()).authorize({ connection: "acme-entra" });
    expect(html).toContain('href="?email=jane%40acme.example"');
    expect(html).not.toContain("ada@hooli.example");
  });
});

describe("password page", () => {
  test("is the default page, with example accounts that fill it in", async () => {
    const browser = await visitor();
    const page = await browser.authorize();
    expect(page.html).toContain("<title>Sign in · Platform</title>");
    expect([filledIn(page.html, "email"), filledIn(page.html, "password")]).toEqual(["", ""]);
    expect(page.html.match(/<em>unverified<\/em>/g)).toHaveLength(2);
    const filled = await browser.visit(new URL("?email=gavin%40hooli.example", page.url));
    expect(filledIn(filled.html, "email")).toBe("gavin@hooli.example");
    expect(filledIn(filled.html, "password")).toBe("gavins-own");
  });

  test.for([
    { how: "as the request says", params: { screen_hint: "signup" }, link: "" },
    { how: "by its link", params: {}, link: "?screen=signup&email=a%40b.example" },
  ])("creates an account $how and says that its address is unverified", async ({ params, link }) => {
    const browser = await visitor();
    const first = await browser.authorize(params);
    const { html, url } = await browser.visit(new URL(link, first.url));
    expect(html).toContain("Create an account · Platform");
    expect(html).toContain("<strong>unverified</strong>");
    const done = await browser.visit(url, { email: "a@b.example", password: "long-enough" });
    expect(done.url.href).toContain(`${CALLBACK}?code=`);
  });

  test.for([
    { login_hint: "a@b.example", title: "Create an account", shows: "minlength" },
    { login_hint: "ada@hooli.example", title: "Sign in", shows: DEVELOPMENT_PASSWORD },
  ])("lets $login_hint, who was invited, begin with: $title", async ({ login_hint, title, shows }) => {
    const { html } = await (await visitor()).authorize({ screen_hint: "signup", login_hint });
    expect(html).toContain(`<title>${title} · Platform</title>`);
    expect(filledIn(html, "email")).toBe(login_hint);
    expect(html).toContain(shows);
  });

  test("says the password of the example accounts", async () => {
    const { html } = await (await visitor()).authorize();
    expect(html).toContain(`The password of the example accounts is <code>${DEVELOPMENT_PASSWORD}</code>`);
  });

  test("keeps the input and shows the error", async () => {
    const browser = await visitor();
    const { url } = await browser.authorize();
    const { html, status } = await browser.visit(url, { email: "ada@hooli.example", password: "guess" });
    expect(status).toBe(400);
    expect(html).toContain('role="alert">Wrong password for ada@hooli.example.<');
    expect(filledIn(html, "email")).toBe("ada@hooli.example");
    expect(filledIn(html, "password")).toBe("");
    const done = await browser.visit(url, ADA);
    expect(done.url.href).toContain(`${CALLBACK}?code=`);
  });
});

describe("home realm discovery", () => {
  const PASSWORDS = { connection: PASSWORD_CONNECTION.name };
  test.for([{ password: "" }, { password: "typed-anyway" }])(
    "takes an SSO address from the password page to its company's page, with $password",
    async ({ password }) => {
      const browser = await visitor();
      const { url, html } = await browser.authorize();
      expect(html).toContain("Not needed if your company has its own sign-in.");
      expect(html).not.toMatch(/<input id="password"[^>]* required/);
      const sso = await browser.visit(url, { email: "Jane@ACME.example", password });
      expect([sso.status, sso.url.pathname]).toEqual([200, url.pathname]);
      expect(sso.html).toContain("Acme · sign in with Entra ID");
      expect(sso.html).not.toContain("Example accounts");
      expect([filledIn(sso.html, "email"), filledIn(sso.html, "password")]).toEqual([
        "Jane@ACME.example",
        undefined,
      ]);
      const done = await browser.visit(sso.url, { email: "Jane@ACME.example" });
      expect(done.url.href).toContain(`${CALLBACK}?code=`);
      const again = await browser.authorize({ connection: "acme-entra", login_hint: "jane@acme.example" });
      expect(again.url.searchParams.has("code")).toBe(true);
    },
  );

  test.for<[string, Record<string, string>, string, string, number]>([
    ["the organization", { organization: "org_any" }, "jane@acme.example", "Acme · sign in", 200],
    ["the password connection", PASSWORDS, "jane@acme.example", "no account for jane@acme.example", 400],
    ["the sign-up form", { screen_hint: "signup" }, "jane@acme.example", "must have at least 8", 400],
    ["nothing", {}, "jane@sub.acme.example", "no account for jane@sub.acme.example", 400],
    ["nothing", {}, "ada@hooli.example", "Enter the password for ada@hooli.example", 400],
    ["nothing", {}, "ann@nowhere.example", "no account for ann@nowhere.example", 400],
  ])("answers a request that names %s: %o, %s → %s", async ([, params, email, says, status]) => {
    const browser = await visitor();
    const { url } = await browser.authorize(params);
    const answer = await browser.visit(url, { email, password: "" });
    expect(answer.status).toBe(status);
    expect(answer.html).toContain(says);
  });

  test("keeps the password page as it is where no address leads on", async () => {
    const { html } = await (await visitor()).authorize(PASSWORDS);
    expect(html).toMatch(/<input id="password"[^>]* required/);
    expect(html).not.toContain("your company");
  });

  test.for([
    { connection: "globex-saml", params: {} },
    { connection: "acme-entra", params: PASSWORDS },
  ])("does not open $connection for a request of %o by its address", async ({ connection, params }) => {
    const browser = await visitor();
    const { url } = await browser.authorize(params);
    const { html } = await browser.visit(new URL(`?connection=${connection}`, url));
    expect(html).toContain("<title>Sign in · Platform</title>");
  });

  test.for([
    { email: "jane@acme.example", says: "no account for jane@acme.example" },
    { email: "hank@globex.example", says: "Globex · sign in" },
  ])("leads $email only to connections of the organization: $says", async ({ email, says }) => {
    const connections = [
      ...TENANT.connections.filter(({ name }) => name !== "globex-saml"),
      { name: "globex-saml", strategy: "samlp", displayName: "Globex", domains: ["globex.example"] },
    ];
    const enabled = [PASSWORD_CONNECTION.name, "globex-saml"];
    const organizations = [{ auth0OrgId: "org_globex", name: "Globex", connections: enabled }];
    const { issuer } = await runningTenant({ connections, organizations });
    const browser = new Visitor(issuer);
    const { url } = await browser.authorize({ organization: "org_globex" });
    expect((await browser.visit(url, { email, password: "" })).html).toContain(says);
  });
});

describe("every page of the identity provider", () => {
  test.for([
    { what: "a login", params: ACME, formTargets: "'self' http://127.0.0.1:4002" },
    { what: "an error", params: { client_id: "nobody" }, formTargets: "'self'" },
  ])("allows no script and no third-party content: $what", async ({ params, formTargets }) => {
    const { headers, html } = await (await visitor()).authorize(params);
    const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; form-action ${formTargets}; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(html).not.toMatch(/<script|\sstyle=|(?:src|href)="(?!data:,|\?)/);
  });

  test.for([
    { connection: "acme-entra", login_hint: '"><script>alert(1)</script>' },
    { connection: "<script>alert(1)</script>" },
    { organization: "'<script>alert(1)</script>" },
  ])("shows the parameters of a request and never runs them: %o", async (params) => {
    const { html } = await (await visitor()).authorize(params);
    expect(html).not.toContain("<script>");
    expect(html).toContain("&#60;script&#62;alert(1)");
  });

  const OF_GLOBEX = { organization: "org_acme", connection: "globex-saml" };
  const NOT_ENABLED = "“globex-saml” is not enabled for the organization “Acme”";
  const ELSEWHERE = { redirect_uri: "http://evil.example/callback" };
  test.for<[string, Record<string, string>, string[]]>([
    ["an unknown connection", { connection: "acme-ad" }, ["acme-ad", "acme-entra", "globex-saml"]],
    ["an unknown organization", { organization: "org_x" }, ["org_x", "org_acme (Acme)"]],
    ["a connection of another organization", OF_GLOBEX, [NOT_ENABLED, "acme-entra"]],
    ["an unknown application", { client_id: "nobody" }, ["Client is invalid", "invalid_client"]],
    ["an unknown callback", ELSEWHERE, ["not registered", CALLBACK, "invalid_redirect_uri"]],
  ])("explains %s", async ([, params, says]) => {
    const { status, html } = await (await visitor()).authorize(params);
    expect(status).toBe(400);
    for (const text of says) expect(html).toContain(text);
  });

  test("says that a login has ended", async () => {
    const browser = await visitor();
    const { url } = await browser.authorize();
    await browser.visit(url, ADA);
    const again = await browser.visit(url, ADA);
    expect(again.status).toBe(400);
    expect(again.html).toContain("This sign-in has expired");
  });

  test("returns a request without PKCE to the application as an error", async () => {
    const { url } = await (await visitor()).authorize({ code_challenge: null, code_challenge_method: null });
    expect(url.searchParams.get("error")).toBe("invalid_request");
  });
});

describe("session", () => {
  test.for<[string, Record<string, string>, boolean]>([
    ["the same again", ACME, false],
    ["any connection", {}, false],
    ["its organization", { ...ACME, organization: "org_acme" }, false],
    ["prompt=none", { ...ACME, prompt: "none" }, false],
    ["a refresh token without a page", { prompt: "none", scope: "openid offline_access" }, false],
    ["another connection", { connection: "globex-saml" }, true],
    ["another user", { ...ACME, login_hint: "joe@acme.example" }, true],
    ["an unknown organization", { organization: "org_x" }, true],
    ["a new login", { ...ACME, prompt: "login" }, true],
  ])("shows Jane at Acme a page for %s: %s", async ([, params, asks]) => {
    const browser = await visitor();
    await browser.signIn(ACME, { email: "jane@acme.example" });
    const next = await browser.authorize(params);
    expect(next.url.pathname.startsWith("/u/login/")).toBe(asks);
    expect(next.url.searchParams.has("code")).toBe(!asks);
  });

  test("prompt=none does not reuse another user's session", async () => {
    const browser = await visitor();
    await browser.signIn(ACME, { email: "jane@acme.example" });
    const next = await browser.authorize({ connection: "globex-saml", prompt: "none" });
    expect(next.url.searchParams.get("error")).toBe("login_required");
  });

  test("lets another user sign in when the request names their address", async () => {
    const browser = await visitor();
    const done = await browser.signIn(ACME, { email: "joe@acme.example" });
    expect(done.url.searchParams.has("code")).toBe(true);
  });
});

describe("logout", () => {
  const target = {
    client_id: "platform-frontend",
    post_logout_redirect_uri: "http://127.0.0.1:4002",
    state: "s1",
  };

  test("asks for confirmation, ends the session and returns to the application", async () => {
    const browser = await visitor();
    await browser.signIn({}, ADA);
    const question = await browser.visit(`oidc/logout?${new URLSearchParams(target)}`);
    expect(question.html).toContain("Sign out?");
    const xsrf = filledIn(question.html, "xsrf") ?? "";
    const done = await browser.visit("oidc/logout/confirm", { xsrf, logout: "yes" });
    expect(done.url.href).toBe("http://127.0.0.1:4002/?state=s1");
    expect((await browser.authorize()).url.pathname).toMatch("/u/login/");
  });

  test("does not ask for confirmation when an ID token identifies the session", async () => {
    const { issuer } = await runningTenant();
    const browser = new Visitor(issuer);
    await browser.signIn({}, ADA);
    const { idToken = "" } = await login({ issuer, ...CLI_CLIENT, audience: API_AUDIENCE, ...ADA });
    const done = await browser.visit(`oidc/logout?${new URLSearchParams({ id_token_hint: idToken })}`);
    expect(done.html).toContain("Signed out");
    expect((await browser.authorize()).url.pathname).toMatch("/u/login/");
  });
});
