import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listen } from "../../client/src/test-servers/listening.ts";
import { readPage } from "../pages/page.ts";
import { describeUnless, describeWith, type RunningProgram, startProgram } from "../pages/programs.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";

const PAGE = readPage("docs/from-fastapi.md");
const NOWHERE = "http://127.0.0.1:9";
const [whoseToken = "", dependency = ""] = PAGE.code("python");

/** A Python with FastAPI. Debian's `python3-fastapi` is for Debian's own Python, which need not be the first one. */
const withFastApi = ["python3", "/usr/bin/python3"].find(
  (python) => spawnSync(python, ["-c", "import fastapi, uvicorn"]).status === 0,
);

const stack = stackOfTests();
const folder = folderOfTests("from-fastapi");

describeWith(["python3"], "the Python client of the page", () => {
  const ASK = `
import sys

def ask(url, token):
    os.environ["PLATFORM_API_URL"] = url
    try:
        return whose_token(token)
    except Refused as refused:
        return {"status": refused.status, "reason": refused.reason, "headers": refused.headers}

print(json.dumps([ask(*call) for call in json.loads(sys.argv[1])]))
`;
  /** Asks each address with its token, in one process. */
  async function ask(...calls: (readonly [url: string, token: string])[]): Promise<unknown[]> {
    const file = join(folder, "ask.py");
    writeFileSync(file, whoseToken + ASK);
    const env = { ...process.env, http_proxy: NOWHERE, HTTP_PROXY: NOWHERE };
    return JSON.parse((await promisify(execFile)("python3", [file, JSON.stringify(calls)], { env })).stdout);
  }

  /** A proxy in front of platform-api, or another server in its place. */
  const impostor = (status: number, body: string, headers = {}) =>
    listen((_request, response) => response.writeHead(status, headers).end(body));

  it("compiles, and its function has at most twenty lines", async () => {
    const file = join(folder, "whole.py");
    writeFileSync(file, `${whoseToken}\n${dependency}`);
    await promisify(execFile)("python3", ["-m", "py_compile", file]);
    const [, body = ""] = whoseToken.split("def whose_token");
    expect(body.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
  });

  it("returns the user of the token", async () => {
    const token = await logins(stack).entra(`${fresh("python")}@acme.example`);
    const answers = await ask([`${stack.url}/`, token]);
    expect(answers).toEqual([await stack.client(token).auth.validate.query()]);
  });

  it("distinguishes refusals from each other and from outages", async () => {
    const now = Math.floor(Date.now() / 1_000);
    const login = logins(stack);
    const newcomer = await login.entra(`${fresh("new")}@acme.example`);
    const expired = await stack.issuer.sign("waad|old", { iat: now - 600, exp: now - 300 });
    const machine = await stack.issuer.sign("m2m@clients", { gty: "client-credentials" });
    const noDirectory = await stack.another({ CLJ_PG_WRAPPER_URL: NOWHERE });
    const noStore = await stack.another({ DYNAMODB_ENDPOINT: NOWHERE });
    const challenge = { "WWW-Authenticate": expect.stringContaining("invalid_token") };
    const later = { "Retry-After": "2" };
    const table = [
      [stack.url, "no-token", 401, "TOKEN_INVALID", challenge],
      [stack.url, expired, 401, "TOKEN_EXPIRED", challenge],
      [stack.url, "a,b", 400, "CREDENTIALS_CONFLICT", {}],
      [stack.url, machine, 403, "USER_TOKEN_REQUIRED", {}],
      [noDirectory.url, newcomer, 502, "DIRECTORY_UNAVAILABLE", later],
      [noStore.url, newcomer, 503, "STORE_UNAVAILABLE", later],
      [NOWHERE, newcomer, 503, "PLATFORM_UNAVAILABLE", later],
    ] as const;
    expect(await ask(...table.map(([url, token]) => [url, token] as const))).toEqual(
      table.map(([, , status, reason, headers]) => ({ status, reason, headers })),
    );
  });

  it("answers 401 to tokens that no header can carry, without a request", async () => {
    const tokens = [
      "line\nbreak",
      "line\r\n folded",
      "control\u0001",
      "delete\u007f",
      "j\u00e4ne",
      "\u2026",
      "\u{1f600}",
    ];
    const headers = { "WWW-Authenticate": 'Bearer error="invalid_token"' };
    const refusal = { status: 401, reason: "TOKEN_INVALID", headers };
    expect(await ask(...tokens.map((token) => [NOWHERE, token] as const))).toEqual(tokens.map(() => refusal));
  });

  it("reports no answer of another server, and no fault of platform-api, as a refusal of the token", async () => {
    const table = [
      [401, "<h1>Unauthorized</h1>", 503, "PLATFORM_UNAVAILABLE"],
      [401, '{"detail":"Not authenticated"}', 503, "PLATFORM_UNAVAILABLE"],
      [200, "{}", 503, "PLATFORM_UNAVAILABLE"],
      [200, "[]", 503, "PLATFORM_UNAVAILABLE"],
      [200, "[".repeat(200_000), 503, "PLATFORM_UNAVAILABLE"],
      [500, '{"error":{"reason":"INTERNAL"}}', 502, "INTERNAL"],
      [404, '{"error":{"reason":"NOT_FOUND"}}', 502, "NOT_FOUND"],
      [431, '{"error":{"reason":"TOO_LARGE"}}', 502, "TOO_LARGE"],
      [429, '{"error":{"reason":"RATE_LIMITED"}}', 429, "RATE_LIMITED"],
    ] as const;
    const servers = await Promise.all(table.map(([status, body]) => impostor(status, body)));
    const answers = await ask(...servers.map(({ url }) => [url, "token"] as const));
    await Promise.all(servers.map((server) => server.close()));
    expect(answers).toMatchObject(table.map(([, , status, reason]) => ({ status, reason })));
  });

  it("does not follow a redirect with the token", async () => {
    let asked = 0;
    const elsewhere = await listen((_request, response) => {
      asked += 1;
      response.end("{}");
    });
    const server = await impostor(302, "", { location: elsewhere.url });
    expect(await ask([server.url, "token"])).toMatchObject([{ status: 503 }]);
    expect(asked).toBe(0);
    await Promise.all([server.close(), elsewhere.close()]);
  });
});

const missing = withFastApi === undefined ? "apt-get install python3-fastapi" : null;
describeUnless(missing, "the page's dependency for FastAPI", () => {
  let server: RunningProgram;
  let url: string;
  beforeAll(async () => {
    writeFileSync(join(folder, "reports.py"), `${whoseToken}\n${dependency}`);
    const env = { ...process.env, PLATFORM_API_URL: stack.url };
    const [port = 0] = await freePorts(1);
    const command = [withFastApi ?? "python3", "-m", "uvicorn", "reports:app", "--port", `${port}`];
    server = await startProgram(command, [port], { cwd: folder, env });
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(() => server?.stop());

  async function reports(authorization?: string) {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`${url}/reports`, { headers });
    const challenge = response.headers.get("www-authenticate");
    return { status: response.status, challenge, body: await response.json() };
  }

  it("knows the user of the token", async () => {
    const token = await logins(stack).entra(`${fresh("fastapi")}@acme.example`);
    const { userId } = await stack.client(token).auth.validate.query();
    expect(await reports(`Bearer ${token}`)).toMatchObject({ status: 200, body: { reportsOf: userId } });
  });

  it.each([
    [undefined, 401, "TOKEN_MISSING", "Bearer"],
    ["Basic eDp5", 401, "TOKEN_MISSING", "Bearer"],
    ["Bearer no-token", 401, "TOKEN_INVALID", expect.stringContaining('error="invalid_token"')],
    ["Bearer j\u00e4ne", 401, "TOKEN_INVALID", 'Bearer error="invalid_token"'],
    ["Bearer a,b", 400, "CREDENTIALS_CONFLICT", null],
  ])("answers Authorization: %s with %i %s", async (authorization, status, reason, challenge) => {
    expect(await reports(authorization)).toEqual({ status, challenge, body: { error: { reason } } });
  });
});

it("imports the page's file and prints what the page shows", async () => {
  const [json = ""] = PAGE.code("json");
  const here = new Map<string, string>();
  for (const { userId, email } of JSON.parse(json).members) {
    here.set(userId, (await stack.directory.ensure({ email })).id);
  }
  const local = (text: string) =>
    [...here].reduce((replaced, [there, id]) => replaced.replaceAll(there, id), text);
  const file = join(folder, "members.json");
  writeFileSync(file, local(json));
  expect(PAGE.prompts).toHaveLength(2);
  for (const { command, shown } of PAGE.prompts) {
    const [, ...args] = local(command).split(" ");
    const output = local(shown);
    expect(await stack.cli(...args.map((word) => (word === "members.json" ? file : word)))).toEqual({
      status: 0,
      output,
    });
  }
});

it.each([
  ["PUT", "/validate", 404, "NOT_FOUND"],
  ["GET", "/validate/", 404, "NOT_FOUND"],
  ["GET", "/validate", 401, "TOKEN_MISSING"],
])("answers %s %s with %i %s, as the page says", async (method, path, status, reason) => {
  const response = await fetch(`${stack.url}${path}`, { method });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { reason } });
});
