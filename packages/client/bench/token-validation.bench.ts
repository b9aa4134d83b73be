/**
 * Compares the cost of a cached validation with two JWT verifiers that a service could use instead. One run, one token,
 * one thread, no network.
 *
 *     node --expose-gc packages/client/bench/token-validation.bench.ts
 *
 * With `--json` it prints only the validations a second of each round, for `pnpm bench`.
 *
 * The three do not do the same work: ours identifies the user, the verifiers only read the token.
 */

import { setTimeout } from "node:timers/promises";
import { JwtVerifier } from "aws-jwt-verify";
import { createVerifier } from "fast-jwt";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { Bench, type Task } from "tinybench";
import { createPlatformClient, createTokenValidator, type PlatformIdentity } from "../src/index.ts";

const ISSUER = "https://login.example/";
const AUDIENCE = "https://platform.example";
/** One sample consists of many validations. Otherwise it would mostly measure the clock itself. */
const BATCH = 200;
const MAX_ENTRIES = 10_000;
const TOKENS_SEEN = 5 * MAX_ENTRIES;
/** In turn, so that a machine that slows down meanwhile slows all of them down. */
const ROUNDS = 5;

const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
const keys = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256", use: "sig", kty: "RSA" as const };
const token = await new SignJWT({
  azp: "frontend",
  scope: "openid profile email",
  org_id: "org_acme",
  "https://platform.example/email": "jane@acme.example",
  "https://platform.example/email_verified": true,
  "https://platform.example/connection": "acme-entra",
})
  .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: "key-1" })
  .setIssuer(ISSUER)
  .setSubject("waad|acme-entra|jane")
  .setAudience([AUDIENCE, `${ISSUER}userinfo`])
  .setIssuedAt()
  .setExpirationTime("1h")
  .sign(privateKey);

/** The timeout of an attempt, during which the client keeps a part of the heap. */
const ATTEMPT_MS = 50;

/** The SDK's own client, with a `fetch` that answers at once. */
const client = createPlatformClient({
  url: "http://platform.example",
  timeoutMs: ATTEMPT_MS,
  fetch: async () =>
    Response.json({
      result: {
        data: {
          userId: "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab",
          email: "jane@acme.example",
          source: "auth0",
          clientId: "frontend",
          organizationId: "acme",
          loginId: "jyBsEsSmnWTz8cDpXPRGZWBh1cEMXGYaYMnmcTxVGTw",
          issuedAt: new Date().toISOString(),
          expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
          actor: null,
        } satisfies PlatformIdentity,
      },
    }),
});

/** Validations a second, of each round, by what makes them; our own first. */
async function measureRates(): Promise<ReadonlyMap<string, readonly number[]>> {
  const validator = createTokenValidator({ client });
  const verifier = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}jwks` });
  verifier.cacheJwks({ keys: [keys] });
  const verify = createVerifier({
    key: await exportSPKI(publicKey),
    algorithms: ["RS256"],
    allowedIss: ISSUER,
    allowedAud: AUDIENCE,
    cache: true,
  });

  const bench = new Bench({ time: 600, warmupTime: 500, throws: true });
  bench
    .add("@platform-api/client, remembered", async () => {
      for (let i = 0; i < BATCH; i++) await validator.validate(token);
    })
    .add("fast-jwt, cache: true", () => {
      for (let i = 0; i < BATCH; i++) verify(token);
    })
    .add("aws-jwt-verify, keys at hand", () => {
      for (let i = 0; i < BATCH; i++) verifier.verifySync(token);
    });
  for (const task of bench.tasks) await task.warmup();
  const rates = new Map<string, number[]>(bench.tasks.map(({ name }) => [name, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    process.stderr.write(`validations, round ${round} of ${ROUNDS} …\n`);
    for (const task of bench.tasks) {
      task.reset();
      await task.run();
      rates.get(task.name)?.push(perSecond(task));
    }
  }
  return rates;
}

function printRates(rates: ReadonlyMap<string, readonly number[]>): void {
  print(`\none RS256 token of ${token.length} characters, Node ${process.version}\n`);
  const [ours = []] = rates.values();
  for (const [name, rounds] of rates) {
    const rate = median(rounds);
    const cells = [
      Math.round(rate).toLocaleString("en"),
      (1e6 / rate).toFixed(2),
      (median(ours) / rate).toFixed(2),
    ];
    print(
      `${name.padEnd(34)}${cells[0]?.padStart(11)}/s ${cells[1]?.padStart(7)} µs   ours is ${cells[2]} ×`,
    );
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function perSecond({ result }: Task): number {
  if (result.state !== "completed") throw new Error(`a measurement ended as ${result.state}`);
  return (BATCH * 1_000) / result.latency.p50;
}

async function memory(): Promise<void> {
  const validator = createTokenValidator({ client, maxEntries: MAX_ENTRIES });
  const heap: number[] = [];
  for (let seen = 0; seen < TOKENS_SEEN; seen++) {
    if (seen % MAX_ENTRIES === 0) heap.push(await heapMegabytes());
    await validator.validate(`${token}${seen}`);
  }
  heap.push(await heapMegabytes());
  const [empty = 0, full = 0] = heap;
  print(`\n${TOKENS_SEEN.toLocaleString("en")} tokens seen, ${MAX_ENTRIES.toLocaleString("en")} remembered`);
  print(`heap ${heap.map((megabytes) => megabytes.toFixed(1)).join(" → ")} MB`);
  print(`a remembered identity takes ${Math.round(((full - empty) * 1e6) / MAX_ENTRIES)} bytes`);
}

async function heapMegabytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("memory is measured with: node --expose-gc");
  await setTimeout(2 * ATTEMPT_MS);
  globalThis.gc();
  return process.memoryUsage().heapUsed / 1e6;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const rates = await measureRates();
if (process.argv.includes("--json")) {
  print(JSON.stringify(Object.fromEntries(rates)));
} else {
  printRates(rates);
  print("\nmeasuring memory …");
  await memory();
}
