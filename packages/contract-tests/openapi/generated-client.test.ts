import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fresh, logins, ORGANIZATIONS } from "../platform/people.ts";
import { type Stack, startStack } from "../platform/stack.ts";
import { type Description, describeServer } from "./description.ts";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Code that a developer can write from `/openapi.json` alone. */
const CONSUMER = `
import createClient from "openapi-fetch";
import type { components, paths } from "./paths.ts";

const { PLATFORM_API_URL: baseUrl = "", USER_TOKEN = "", EMAIL = "", JOINING_TOKEN = "" } = process.env;
const called: string[] = [];
const client = createClient<paths>({ baseUrl, headers: { "x-user-token": USER_TOKEN } });
client.use({ onRequest: ({ request, schemaPath }) => void called.push(\`\${request.method} \${schemaPath}\`) });

const validation = (await client.GET("/validate")).data;
const validationByPost = (await client.POST("/validate")).data;
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

const userId: string | undefined = validation?.userId;
const role: "member" | "admin" | "owner" | null | undefined = check?.role;
const hint = discovery?.method === "sso" ? discovery.options[0]?.authorize.login_hint : undefined;
// @ts-expect-error an answer has no such field
validation?.subject;
// @ts-expect-error there is no such role
() => client.GET("/check", { params: { query: { organizationId: "acme", role: "king" } } });
// @ts-expect-error the organization is required
() => client.GET("/check", { params: { query: {} } });
// @ts-expect-error the organization is required here too
() => client.POST("/organizations/{organizationId}/join", { params: { path: {} } });
// @ts-expect-error there is no such reason
() => reason === "NO_SUCH_REASON";

const data = { validation, validationByPost, check, joined, mine, discovery, health, reason, userId, role, hint };
console.log(JSON.stringify({ called, data }));
`;

let stack: Stack;
let description: Description;
let folder: string;
const run = promisify(execFile);

beforeAll(async () => {
  stack = await startStack();
  await stack.applyOrganizations(ORGANIZATIONS);
  description = await describeServer(stack.url);
  folder = mkdtempSync(join(tmpdir(), "generated-"));
  symlinkSync(join(PACKAGE, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "consumer.ts"), CONSUMER);
  writeFileSync(join(folder, "openapi.json"), description.text);
  const generator = join(PACKAGE, "node_modules/openapi-typescript/bin/cli.js");
  const compiler = join(PACKAGE, "openapi/typescript-with-api.ts");
  const args = ["--import", compiler, generator, "openapi.json", "--output", "paths.ts"];
  await run(process.execPath, args, { cwd: folder });
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true });
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
  const token = await logins(stack.issuer).entra(email);
  const joining = await logins(stack.issuer).okta(`${fresh("joining")}@umbrella.example`);
  const sent = { USER_TOKEN: token, JOINING_TOKEN: joining, EMAIL: email };
  const env = { ...process.env, PLATFORM_API_URL: stack.url, ...sent };
  const { stdout } = await run(process.execPath, ["consumer.ts"], { cwd: folder, env });
  const { called, data } = JSON.parse(stdout);
  expect(called.sort()).toEqual([...description.operations.keys()].sort());
  const client = stack.client(token);
  const validation = await client.auth.validate.query();
  const { userId: joiningId } = await stack.client(joining).auth.validate.query();
  expect(data).toEqual({
    validation,
    validationByPost: validation,
    check: await client.auth.check.query({ organizationId: "acme", role: "admin" }),
    joined: { organizationId: "umbrella-retail", userId: joiningId, role: "member", status: "active" },
    mine: await client.org.me.query(),
    discovery: await client.discover.byEmail.mutate({ email }),
    health: ["ok", "ready"],
    reason: "TOKEN_MISSING",
    userId: validation.userId,
    role: "member",
    hint: email,
  });
});
