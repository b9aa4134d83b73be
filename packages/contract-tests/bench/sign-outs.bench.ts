/**
 * Measures how soon an unexpired token is refused once somebody is blocked or signed out, by each of two processes and by a
 * service on the SDK:
 *
 *     node packages/contract-tests/bench/sign-outs.bench.ts
 *
 * It takes about a minute, and exits with 1 if a bound does not hold. `--write` also writes the table into
 * `docs/performance.md`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createPlatformClient, createTokenValidator, reasonOf } from "@platform-api/client";
import {
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  type IdentityProvider,
  managementEnvironment,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import { CookieJar } from "../../../apps/dev/token/cookie-jar.ts";
import { commandsBy } from "../simulator/commands.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { fresh, ORGANIZATIONS } from "../simulator/people.ts";
import { startProcess } from "../simulator/served-process.ts";
import { type Stack, startStack } from "../simulator/stack.ts";
import { follow, press, signIn, subjectOf } from "../simulator/tenant-users.ts";
import { between, PERFORMANCE_PAGE, place } from "./page.ts";
import { quantile } from "./statistics.ts";

const TRIES = 20;
const AT_ONCE = 15;
const ASK_EVERY_MS = 50;
const GIVE_UP_MS = 30_000;
/** How old an answer can be that the SDK remembers. */
const REMEMBERED_MS = 5_000;
const CONNECTION = "acme-entra";

/** Of what decides how old an answer may be. Deadlines are those of a busy machine. */
const DEFAULTS = { IDENTITY_CACHE_MS: "", MEMBERSHIP_CACHE_MS: "", CHANGES_POLL_MS: "" };

/** Who answers, and for how long a yes may still come. */
const ANSWERERS = [
  ["the first process", 5_000],
  ["the second process", 5_000],
  ["a service on the SDK", 10_000],
] as const;

interface World {
  readonly provider: IdentityProvider;
  readonly stack: Stack;
  /** Of the processes. */
  readonly urls: readonly string[];
  readonly service: ReturnType<typeof createTokenValidator>;
  close(): Promise<void>;
}

interface SignedIn {
  readonly userId: string;
  readonly subject: string;
  readonly cookies: CookieJar;
}

/** What ends a token. */
const WAYS: Readonly<Record<string, (who: SignedIn, world: World) => Promise<unknown>>> = {
  "*Block* at the identity provider, `events follow`": ({ subject }, { provider }) =>
    press(provider, "block", subject),
  "Logout at the identity provider, which tells the first process (back-channel)": ({ cookies }, world) =>
    fetch(`${world.provider.issuer}v2/logout`, { headers: { cookie: cookies.header } }),
  "`platform-api identity sign-out`": ({ userId }, { stack }) =>
    commandsBy(stack.cli).run("identity", "sign-out", userId, "--yes"),
};

async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "sign-outs-"));
  const [port = 0] = await freePorts(1);
  const provider = await startIdentityProvider({
    dataFolder: folder,
    port: 0,
    connections: [{ name: CONNECTION, strategy: "waad", displayName: "Acme" }],
    backchannelLogoutUrl: `http://127.0.0.1:${port}/backchannel-logout`,
  });
  const management = managementEnvironment(provider.issuer);
  // Neither a process nor a command may end sessions at the identity provider: that one would tell the first process.
  const stack = await startStack({
    AUTH0_ISSUER: provider.issuer,
    AUTH0_AUDIENCE: API_AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
    AUTH0_APP_CLIENT_IDS: management.AUTH0_APP_CLIENT_IDS,
  });
  await stack.applyOrganizations(ORGANIZATIONS);
  const { environment } = stack;
  const processes = await Promise.all(
    [port, 0].map((each) => startProcess({ ...environment, ...DEFAULTS, PORT: `${each}` })),
  );
  const follower = follow({ ...environment, ...management });
  await follower.says("beginning to follow the events");
  const urls = processes.map(({ url }) => url);
  return {
    provider,
    stack,
    urls,
    service: createTokenValidator({ client: createPlatformClient({ url: urls[1] ?? "" }) }),
    async close() {
      for (const { kill } of processes) kill("SIGTERM");
      await Promise.all([follower.stop(), ...processes.map(({ exit }) => exit)]);
      await Promise.all([stack.close(), provider.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** @returns how long each answers yes after `end` begins, in milliseconds */
async function measure(end: (who: SignedIn, world: World) => Promise<unknown>, world: World) {
  const cookies = new CookieJar();
  const account = { email: `${fresh("out")}@acme.example`, connection: CONNECTION };
  const { accessToken: token } = await signIn(world.provider, account, cookies);
  const processes = world.urls.map((url) => {
    const { auth } = createPlatformClient({ url, token, retries: 0, timeoutMs: GIVE_UP_MS });
    return () => auth.validate.query();
  });
  const asks = [...processes, () => world.service.validate(token)];
  for (const ask of asks) await until(YES, ask);
  const { userId } = await world.service.validate(token);
  await sleep(Math.random() * REMEMBERED_MS); // so that what the SDK remembers is of any age
  for (const ask of asks) await until(YES, ask);
  const beganMs = performance.now();
  const ended = end({ userId, subject: subjectOf(token), cookies }, world);
  const times = await Promise.all(asks.map((ask) => until(NO, ask, beganMs)));
  await ended;
  return times;
}

const YES: readonly string[] = ["yes"];
const NO: readonly string[] = ["TOKEN_REVOKED", "IDENTITY_BLOCKED"];

/** Asks until one of these answers comes: an outage of the embedded store is neither. @returns how long it took, in milliseconds */
async function until(
  wanted: readonly string[],
  ask: () => Promise<unknown>,
  beganMs = performance.now(),
): Promise<number> {
  for (let last = ""; ; await sleep(ASK_EVERY_MS)) {
    last = await ask().then(
      () => "yes",
      (error: unknown) => reasonOf(error) ?? String(error),
    );
    const ms = performance.now() - beganMs;
    if (wanted.includes(last)) return ms;
    if (ms > GIVE_UP_MS) throw new Error(`after ${ms} ms: ${last}`);
  }
}

/** All tries, some of them at once. */
async function measureAll(): Promise<ReadonlyMap<string, readonly (readonly number[])[]>> {
  const world = await startWorld();
  const times = new Map(Object.keys(WAYS).map((name) => [name, [] as number[][]]));
  try {
    const queue = Array.from({ length: TRIES }, () => Object.entries(WAYS))
      .flat()
      .values();
    const worker = async () => {
      for (const [name, end] of queue) times.get(name)?.push(await measure(end, world));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    await world.close();
  }
  return times;
}

const { values: flags } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const measured = await measureAll();
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const heads = ANSWERERS.map(([name, boundMs]) => `${name}, ≤ ${boundMs / 1_000} s`);
const rows = [...measured].map(([name, tries]) => {
  const cells = ANSWERERS.map((_, index) => {
    const times = tries.map((each) => each[index] ?? Number.NaN);
    return `${seconds(quantile(0.5, times))}, ${seconds(Math.max(...times))}`;
  });
  return `| ${[name, ...cells].join(" | ")} |`;
});
const text = [
  `Median and longest of ${TRIES} tries each, ${place()}.`,
  "",
  `| what happens | ${heads.join(" | ")} |`,
  `|---|${heads.map(() => "---|").join("")}`,
  ...rows,
].join("\n");
process.stdout.write(`${text}\n`);
if (flags.write)
  writeFileSync(PERFORMANCE_PAGE, between(readFileSync(PERFORMANCE_PAGE, "utf8"), "sign-outs", text));
const isHeld = [...measured.values()]
  .flat()
  .every((times) => ANSWERERS.every(([, boundMs], index) => (times[index] ?? Number.NaN) <= boundMs));
if (!isHeld) process.exitCode = 1;
