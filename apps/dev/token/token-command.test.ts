import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { decodeJwt } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { API_AUDIENCE } from "../identity-provider/index.ts";
import { runningTenant } from "../identity-provider/running-tenant.fixture.ts";
import { tokenCommand } from "./token-command.ts";

const NAMESPACE = "https://platform-api.example/";
const NOBODY = "http://127.0.0.1:1/";

function sso(...options: { connection: string; organization?: string }[]) {
  const all = options.map(({ connection, organization }) => ({
    connection,
    displayName: `The ${connection}`,
    authorize: { connection, ...(organization && { organization }), login_hint: "x" },
  }));
  return { method: "sso", passwordAllowed: true, options: all };
}

/** platform-api's discovery answers per address. Any other address has a password. */
const DISCOVERED: Record<string, unknown> = {
  "jane@acme.example": sso({ connection: "acme-entra", organization: "org_acme" }),
  "eve@umbrella.example": sso({ connection: "umbrella-okta" }, { connection: "globex-saml" }),
  "bob@umbrella.example": sso(
    { connection: "umbrella-okta", organization: "org_any" },
    { connection: "umbrella-okta", organization: "org_other" },
  ),
  "odd@acme.example": { method: "carrier-pigeon" },
  "not-an-email": { error: { reason: "INVALID_REQUEST", message: "email: not an e-mail address" } },
};

async function platformApi(): Promise<string> {
  const server = createServer(async (request, response) => {
    const { email } = z.object({ email: z.string() }).parse(JSON.parse(await text(request)));
    const known = request.method === "POST" && request.url === "/public/auth/discover";
    response.statusCode = known ? 200 : 404;
    response.end(JSON.stringify(known ? (DISCOVERED[email] ?? { method: "password" }) : {}));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}/` : NOBODY;
}

async function run(
  args: readonly string[],
  overrides: { platformApiUrl?: string; identityProviderUrl?: string } = {},
) {
  const [{ issuer: identityProviderUrl }, platformApiUrl] = await Promise.all([
    runningTenant(),
    platformApi(),
  ]);
  return tokenCommand(args, () => ({
    identityProviderUrl,
    platformApiUrl,
    audience: API_AUDIENCE,
    ...overrides,
  }));
}

describe("pnpm run token with valid arguments", () => {
  const people = [
    {
      args: ["jane@acme.example"],
      claims: { email: "jane@acme.example", connection: "acme-entra" },
      organization: "org_acme",
    },
    {
      args: ["ada@hooli.example"],
      claims: { email_verified: true, connection: "Username-Password-Authentication" },
    },
    { args: ["gavin@hooli.example", "--password", "gavins-own"], claims: { email_verified: false } },
    {
      args: ["new@x.example", "--sign-up", "--password", "long-enough"],
      claims: { email: "new@x.example", email_verified: false },
    },
    {
      args: ["eve@umbrella.example", "--connection", "umbrella-okta"],
      claims: { connection: "umbrella-okta" },
    },
    {
      args: ["bob@umbrella.example", "--organization", "org_any"],
      claims: { connection: "umbrella-okta" },
      organization: "org_any",
    },
    {
      args: ["mallory@acme.example", "--connection", "globex-saml", "--organization", "org_any"],
      claims: { email: "mallory@acme.example", connection: "globex-saml" },
      organization: "org_any",
    },
    {
      args: ["jane@acme.example", "--sign-up"],
      claims: { email: "jane@acme.example", connection: "Username-Password-Authentication" },
    },
  ];
  test.for(people)("prints only a token: $args", async ({ args, claims, organization }) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const token = decodeJwt(stdout);
    for (const [name, value] of Object.entries(claims)) expect(token[`${NAMESPACE}${name}`]).toBe(value);
    expect(token.org_id).toBe(organization);
  });
});

test("--json prints all tokens", async () => {
  const { stdout } = await run(["jane@acme.example", "--json"]);
  const tokens = {
    accessToken: expect.any(String),
    refreshToken: expect.any(String),
    idToken: expect.any(String),
  };
  expect(JSON.parse(stdout)).toEqual(tokens);
});

test("--help lists every option", async () => {
  const { exitCode, stdout } = await run(["--help"]);
  expect(exitCode).toBe(0);
  for (const flag of ["--connection", "--organization", "--password", "--sign-up", "--json"]) {
    expect(stdout).toContain(flag);
  }
});

describe("pnpm run token with a problem", () => {
  const failures = [
    { args: [], exitCode: 2, says: ["One e-mail address is needed", "--help"] },
    { args: ["a@b.example", "c@d.example"], exitCode: 2, says: ["One e-mail address is needed"] },
    { args: ["a@b.example", "--conection", "x"], exitCode: 2, says: ["--conection"] },
    {
      args: ["eve@umbrella.example"],
      exitCode: 2,
      says: [
        "more than one way",
        "--connection umbrella-okta   The umbrella-okta",
        "--connection globex-saml",
      ],
    },
    {
      args: ["bob@umbrella.example", "--connection", "umbrella-okta"],
      exitCode: 2,
      says: ["--organization org_any", "--organization org_other"],
    },
    {
      args: ["ada@hooli.example", "--password", "guess"],
      exitCode: 1,
      says: ["Wrong password", "--password"],
    },
    { args: ["o'hara@x.example"], exitCode: 1, says: ["no account for o'hara@x.example", "--sign-up"] },
    {
      args: ["a@b.example", "--connection", "acme-ad"],
      exitCode: 1,
      says: ["no connection “acme-ad”", "--connection"],
    },
    { args: ["odd@acme.example"], exitCode: 1, says: ["does not say how odd@acme.example signs in"] },
    { args: ["not-an-email"], exitCode: 1, says: ["email: not an e-mail address"] },
    {
      args: ["a@b.example", "--organization", "org_none"],
      exitCode: 1,
      says: ["no organization “org_none”", "--organization"],
    },
    {
      args: ["jane@acme.example"],
      overrides: { platformApiUrl: NOBODY },
      exitCode: 1,
      says: ["Is the stack running?", "npx -y pnpm@12 start"],
    },
    {
      args: ["jane@acme.example"],
      overrides: { identityProviderUrl: NOBODY },
      exitCode: 1,
      says: ["Is the stack running?"],
    },
  ];
  test.for(failures)(
    "exits with $exitCode and says what to do: $args $overrides",
    async ({ args, overrides, exitCode, says }) => {
      const outcome = await run(args, overrides);
      expect(outcome).toMatchObject({ exitCode, stdout: "" });
      for (const part of says) expect(outcome.stderr).toContain(part);
    },
  );
});

test("an error that no option can fix suggests none", async () => {
  const [{ issuer: identityProviderUrl }, platformApiUrl] = await Promise.all([
    runningTenant(),
    platformApi(),
  ]);
  const config = { identityProviderUrl, platformApiUrl, audience: "urn:unknown" };
  const { stderr } = await tokenCommand(["ada@hooli.example"], () => config);
  expect(stderr).toContain("Service not found: urn:unknown");
  expect(stderr).not.toContain("--");
});

test("the program prints no stack trace", async () => {
  const main = new URL("main.ts", import.meta.url).pathname;
  const env = { ...process.env, PLATFORM_API_URL: NOBODY };
  const failed = promisify(execFile)(process.execPath, [main, "jane@acme.example"], { env });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.not.stringContaining("    at "),
  });
});
