import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { decodeJwt } from "jose";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { API_AUDIENCE, PASSWORD_CONNECTION } from "../identity-provider/index.ts";
import { runningTenant } from "../identity-provider/running-tenant.fixture.ts";
import { tokenCommand } from "./token-command.ts";

const NAMESPACE = "https://platform-api.example/";
const PASSWORDS = PASSWORD_CONNECTION.name;
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

interface Urls {
  readonly platformApiUrl?: string;
  readonly identityProviderUrl?: string;
}

/** Runs the command with the arguments as they are typed. */
async function run(typed: string, overrides: Urls = {}, audience = API_AUDIENCE) {
  const [{ issuer: identityProviderUrl }, platformApiUrl] = await Promise.all([
    runningTenant(),
    platformApi(),
  ]);
  const config = { identityProviderUrl, platformApiUrl, audience, ...overrides };
  return tokenCommand(
    typed.split(" ").filter((each) => each !== ""),
    () => config,
  );
}

test.for<[typed: string, claims: object, organization?: string]>([
  ["jane@acme.example", { email: "jane@acme.example", connection: "acme-entra" }, "org_acme"],
  ["unknown-to-platform-api@acme.example", { connection: "acme-entra" }],
  ["ada@hooli.example", { email_verified: true, connection: PASSWORDS }],
  ["gavin@hooli.example --password gavins-own", { email_verified: false }],
  ["new@x.example --sign-up --password long-enough", { email: "new@x.example", email_verified: false }],
  ["eve@umbrella.example --connection umbrella-okta", { connection: "umbrella-okta" }],
  ["bob@umbrella.example --organization org_any", { connection: "umbrella-okta" }, "org_any"],
  [
    "mallory@acme.example --connection globex-saml --organization org_any",
    { email: "mallory@acme.example", connection: "globex-saml" },
    "org_any",
  ],
  ["jane@acme.example --sign-up", { email: "jane@acme.example", connection: PASSWORDS }],
])("prints only a token: %s", async ([typed, claims, organization]) => {
  const { exitCode, stdout, stderr } = await run(typed);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const token = decodeJwt(stdout);
  for (const [name, value] of Object.entries(claims)) expect(token[`${NAMESPACE}${name}`]).toBe(value);
  expect(token.org_id).toBe(organization);
});

test("--json prints all tokens", async () => {
  const { stdout } = await run("jane@acme.example --json");
  const tokens = {
    accessToken: expect.any(String),
    refreshToken: expect.any(String),
    idToken: expect.any(String),
  };
  expect(JSON.parse(stdout)).toEqual(tokens);
});

test("--help lists every option", async () => {
  const { exitCode, stdout } = await run("--help");
  expect(exitCode).toBe(0);
  for (const flag of ["--connection", "--organization", "--password", "--sign-up", "--json"]) {
    expect(stdout).toContain(flag);
  }
});

const TWO_WAYS = [
  "more than one way",
  "--connection umbrella-okta   The umbrella-okta",
  "--connection globex-saml",
];
test.for<[typed: string, exitCode: 1 | 2, ...says: string[]]>([
  ["", 2, "One e-mail address is needed", "--help"],
  ["a@b.example c@d.example", 2, "One e-mail address is needed"],
  ["a@b.example --conection x", 2, "--conection"],
  ["eve@umbrella.example", 2, ...TWO_WAYS],
  [
    "bob@umbrella.example --connection umbrella-okta",
    2,
    "--organization org_any",
    "--organization org_other",
  ],
  ["ada@hooli.example --password guess", 1, "Wrong password", "--password"],
  ["o'hara@x.example", 1, "There is no account for o'hara@x.example yet. Use --sign-up to create one.\n"],
  ["a@b.example --connection acme-ad", 1, "no connection “acme-ad”", "--connection"],
  ["odd@acme.example", 1, "does not say how odd@acme.example signs in"],
  ["not-an-email", 1, "email: not an e-mail address"],
  ["a@b.example --organization org_none", 1, "no organization “org_none”", "--organization"],
])("'%s' exits with %i and says what to do", async ([typed, exitCode, ...says]) => {
  const outcome = await run(typed);
  expect(outcome).toMatchObject({ exitCode, stdout: "" });
  for (const part of says) expect(outcome.stderr).toContain(part);
});

test.for(["platformApiUrl", "identityProviderUrl"])("asks for the stack when %s is down", async (url) => {
  const { exitCode, stderr } = await run("jane@acme.example", { [url]: NOBODY });
  expect(exitCode).toBe(1);
  for (const part of ["Is the stack running?", "npx -y pnpm@12 start"]) expect(stderr).toContain(part);
});

test("an error that no option can fix suggests none", async () => {
  const { stderr } = await run("ada@hooli.example", {}, "urn:unknown");
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

test("T8I: the program prints no character that a terminal acts on", async () => {
  const main = new URL("main.ts", import.meta.url).pathname;
  const failed = promisify(execFile)(process.execPath, [main, "--\u001b[2J\u009b2J\u202e"]);
  const stderr = expect.stringContaining("--\\u{1b}[2J\\u{9b}2J\\u{202e}");
  await expect(failed).rejects.toMatchObject({ code: 2, stdout: "", stderr });
});
