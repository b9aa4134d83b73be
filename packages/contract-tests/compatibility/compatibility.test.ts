import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { API_AUDIENCE, APP_SPA_CLIENT, APP_WEB_CLIENT } from "@platform-api/dev/identity-provider";
import { InMemoryWebStorage, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { runningTenant, Visitor } from "../../../apps/dev/identity-provider/running-tenant.fixture.ts";
import { readTenant } from "../../../apps/dev/start/organizations.ts";
import { CLIENTS, FOLDER } from "../../../compatibility/clients.ts";
import { versionsOf } from "../../../compatibility/table.ts";
import { describeWith } from "../pages/programs.ts";
import { logins, ORGANIZATIONS } from "../simulator/people.ts";
import { startStack } from "../simulator/stack.ts";

const JANE = { email: "jane@acme.example" };
const APP = "http://localhost:5173";
const { packages } = z
  .object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) })
  .parse(JSON.parse(readFileSync(join(FOLDER, "package-lock.json"), "utf8")));

it("docs/compatibility.md says of every client, in the version that is installed, that it works", () => {
  const page = readFileSync(join(FOLDER, "../docs/compatibility.md"), "utf8");
  const rows = [...page.matchAll(/^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$/gm)].slice(1);
  const expected = CLIENTS.map(({ name, packages: shown, version, does }) => {
    const locked = versionsOf(shown, (packageName) => packages[`node_modules/${packageName}`]?.version ?? "");
    return [name, version === undefined ? locked : expect.stringMatching(/^\d/), does, "works"];
  });
  expect(
    rows.map(([, ...cells]) => cells),
    "run: npx -y pnpm@12 compatibility",
  ).toEqual(expected);
});

describeWith(["curl"], "curl", () => {
  it("curl gets what docs/compatibility.md says", async () => {
    const stack = await startStack();
    onTestFinished(() => stack.close());
    await stack.applyOrganizations(ORGANIZATIONS);
    const token = await logins(stack).entra("jane@acme.example");
    const env = { ...process.env, PLATFORM_API_URL: stack.url, TOKEN: token };
    await promisify(execFile)("sh", [join(FOLDER, "clients/curl.sh")], { env });
  });
});

/** The identity provider as `start` runs it. */
function identityProvider() {
  const { options } = readTenant(join(FOLDER, "../apps/dev/example/organizations.json"));
  return runningTenant({ ...options, appOrigins: [APP] });
}

it("oidc-client-ts signs Jane in and out, and the tokens are revoked, as docs/compatibility.md says", async () => {
  const { issuer } = await identityProvider();
  const browser = new Visitor(issuer);
  const opened: URL[] = [];
  const page = {
    navigate: async ({ url }: { readonly url: string }) => {
      opened.push(new URL(url));
      return { url };
    },
    close: () => {},
  };
  const store = new InMemoryWebStorage();
  const settings = {
    authority: issuer,
    client_id: APP_SPA_CLIENT.clientId,
    redirect_uri: `${APP}/callback`,
    post_logout_redirect_uri: APP,
    scope: "openid email offline_access",
    automaticSilentRenew: false,
    extraQueryParams: { audience: API_AUDIENCE, connection: "acme-entra" },
    stateStore: new WebStorageStateStore({ store }),
    revokeTokensOnSignout: true,
  };
  const manager = new UserManager(settings, { prepare: async () => page, callback: async () => {} });
  await manager.signinRedirect();
  const { url: form } = await browser.visit(opened[0] ?? "");
  const { url: callback } = await browser.visit(form, JANE);
  const { profile, refresh_token = "" } = await manager.signinRedirectCallback(callback.href);
  expect(profile.email).toBe(JANE.email);

  await manager.signoutRedirect();
  expect(await manager.getUser()).toBeNull();
  const { url: signedOut } = await browser.visit(opened[1] ?? "");
  expect(signedOut.href).toMatch(`${APP}/`);
  const grant = { grant_type: "refresh_token", client_id: APP_SPA_CLIENT.clientId, refresh_token };
  const refused = await fetch(`${issuer}oauth/token`, { method: "POST", body: new URLSearchParams(grant) });
  expect(await refused.json()).toMatchObject({ error: "invalid_grant" });
});

/** Without the package, which is not in the workspace: each request as version 1.4.5 sends it. */
it("the requests of passport-auth0 sign Jane in, as docs/compatibility.md says", async () => {
  expect(packages["node_modules/passport-auth0"]?.version, "compare the requests").toBe("1.4.5");
  const { issuer } = await identityProvider();
  const browser = new Visitor(issuer);
  const { clientId: client_id, clientSecret: client_secret } = APP_WEB_CLIENT;
  const redirect_uri = `${APP}/callback`;
  const { url: form } = await browser.authorize({
    scope: "openid profile email",
    audience: API_AUDIENCE,
    nonce: "n",
    response_type: "code",
    redirect_uri,
    state: "s",
    client_id,
    code_challenge: null,
    code_challenge_method: null,
  });
  const { url: acme } = await browser.visit(form, { ...JANE, password: "" });
  const { url: callback } = await browser.visit(acme, JANE);
  const code = callback.searchParams.get("code") ?? "";
  const grant = { grant_type: "authorization_code", redirect_uri, client_id, client_secret, code };
  const answer = await fetch(`${issuer}oauth/token`, { method: "POST", body: new URLSearchParams(grant) });
  const { access_token } = z.object({ access_token: z.string() }).parse(await answer.json());
  const profile = await fetch(`${issuer}userinfo?${new URLSearchParams({ access_token })}`);
  expect(await profile.json()).toMatchObject({ name: "Jane Doe", email: JANE.email });
});
