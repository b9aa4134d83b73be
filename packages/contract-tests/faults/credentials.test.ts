import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Environment, runCli } from "@platform-api/platform-api";
import { afterEach, expect, it, vi } from "vitest";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { answer, hang } from "../simulator/faults.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { newcomer, ORGANIZATIONS } from "../simulator/forge.ts";
import { duringTests, stackOfTests } from "../simulator/of-tests.ts";
import { type ServedProcess, startProcess } from "../simulator/served-process.ts";
import { ask } from "./answer.ts";
import { STRETCHED } from "./request-deadline.ts";

const STORE_DEADLINE_MS = 1_000;
/** How long an idle process keeps listening after a signal. */
const LINGER_MS = 1_000;
/** How much longer everything may take on a busy machine. */
const BUSY = 5;

const stack = stackOfTests({ organizations: ORGANIZATIONS });
/** Stands in for the container's endpoint and for STS. */
const endpoint = duringTests(() => startFaultProxy("http://127.0.0.1:9", hang));
const folder = folderOfTests("web-identity");
let server: ServedProcess | undefined;

writeFileSync(join(folder, "token"), "a.web-identity.token");
afterEach(async () => {
  vi.unstubAllEnvs();
  if (server?.kill("SIGKILL")) await server.exit;
});

const EXPIRATION = new Date(Date.now() + 3_600_000).toISOString();
const CONTAINER_REPLY = answer(200, {
  AccessKeyId: "ASIAEXAMPLE",
  SecretAccessKey: "secret",
  Token: "session",
  Expiration: EXPIRATION,
});
const STS_REPLY = answer(
  200,
  `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
     <AssumeRoleWithWebIdentityResult><Credentials>
       <AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
       <SessionToken>session</SessionToken><Expiration>${EXPIRATION}</Expiration>
     </Credentials></AssumeRoleWithWebIdentityResult>
   </AssumeRoleWithWebIdentityResponse>`,
  "text/xml",
);

const container = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint.url}/credentials` });
const sts = () => ({
  AWS_ENDPOINT_URL_STS: endpoint.url,
  AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, "token"),
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/platform-api",
});

/** The store at a non-loopback address, so that the AWS SDK looks for real credentials. */
function environment(): Environment {
  const store = new URL(stack.environment.DYNAMODB_ENDPOINT ?? "");
  store.hostname = "0.0.0.0";
  return {
    ...stack.environment,
    DYNAMODB_ENDPOINT: store.href,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    STORE_ATTEMPT_MS: "400",
    STORE_DEADLINE_MS: `${STORE_DEADLINE_MS}`,
    SHUTDOWN_DRAIN_MS: "0",
    NODE_OPTIONS: STRETCHED,
  };
}

const readiness = async () => (await fetch(`${server?.url}/readyz`)).json();

it.each([
  ["the container's endpoint", container, CONTAINER_REPLY],
  ["STS", sts, STS_REPLY],
])(
  "T76: requests are refused within the store's deadline until the credentials arrive, then succeed: %s",
  async (_, place, reply) => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    endpoint.fault = async (exchange) => {
      await Promise.all([released, sleep(600)]); // a later request is slow too
      await reply(exchange);
    };
    server = await startProcess({ ...environment(), ...place() });
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    await expect.poll(readiness).toEqual({ status: "credentials unavailable" });
    await expect.poll(() => endpoint.pending).toBe(1); // even before any request to the store
    const { token } = await newcomer(stack.issuer);
    const refused = await ask(server, "validate", token);
    expect(refused).toMatchObject({ status: 503, reason: "STORE_UNAVAILABLE", retryAfter: true });
    expect(refused.ms).toBeLessThan(BUSY * STORE_DEADLINE_MS); // otherwise 27 s

    release();
    await expect.poll(readiness).toEqual({ status: "ready" });
    expect(await ask(server, "validate", token)).toMatchObject({ status: 200 });
  },
);

it("T76: a command waits for credentials that take longer than the store's deadline", async () => {
  endpoint.fault = async (exchange) => {
    await sleep(1.5 * STORE_DEADLINE_MS);
    await CONTAINER_REPLY(exchange);
  };
  for (const [name, value] of Object.entries({ ...environment(), ...container() })) vi.stubEnv(name, value);
  let output = "";
  const write = (text: string) => {
    output += text;
  };
  const status = await runCli(["org", "list"], {
    env: environment(),
    out: write,
    err: write,
    readInput: async () => "",
    ask: null,
    operator: "tests",
    onStop: () => {},
  });
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining("Forge Annex") });
});

it("the server exits with 0 even if the credential endpoint never answers", async () => {
  endpoint.fault = hang;
  server = await startProcess({ ...environment(), ...container() });
  await expect.poll(() => endpoint.pending).toBe(1);
  const stopped = performance.now();
  server.kill("SIGTERM");
  expect(await server.exit).toBe(0);
  expect(performance.now() - stopped).toBeLessThan(BUSY * LINGER_MS);
});
