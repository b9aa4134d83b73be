import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCljClient } from "@platform-api/clj-client";
import { startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import { startUserDirectory } from "@platform-api/dev/user-directory";
import type { Environment } from "@platform-api/platform-api";
import { findPostgres } from "../postgres/postgres.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../simulator/fault-proxy.ts";
import { answer, pass } from "../simulator/faults.ts";
import { AUDIENCE, NAMESPACE } from "../simulator/issuer.ts";
import { runCommand } from "../simulator/stack.ts";
import { type Item, scan } from "../simulator/table-scan.ts";
import { organizations } from "./people.ts";
import type { Upstream } from "./phases.ts";
import { type Served, startServed } from "./served.ts";
import { createSigningKey, type SigningKey } from "./signing.ts";

/** Two processes behind fault proxies, and all that they need. */
export interface World {
  readonly issuer: string;
  /** Signs for everybody, and may be replaced. */
  key: SigningKey;
  /** The published keys. */
  keys: readonly SigningKey[];
  /** The second one is restarted. */
  readonly processes: Served[];
  readonly directory: { readonly url: string; readonly token: string };
  /** The database of the user directory; null for the embedded one. */
  readonly databaseUrl: string | null;
  /** Sets the fault of an upstream, or ends it. */
  fault(upstream: Upstream, fault: Fault | null): void;
  /** Stops the second process as a deployment does, and starts it again. */
  restart(): Promise<void>;
  /** Runs an operator's command. @throws when it fails */
  command(...args: string[]): Promise<void>;
  applyOrganizations(organizations: readonly object[]): Promise<void>;
  /** The UUID that the directory has for an address. @throws without one */
  userIdOf(email: string): Promise<string>;
  /** All items of the table. */
  items(): Promise<readonly Item[]>;
  close(): Promise<void>;
}

const LOOPBACK = { host: "127.0.0.1", port: 0 };
const TABLE = "platform-api";
const TOKEN = "endure-service-token";
/** Connections of the service that nobody uses end this soon, and those that remain are leaks. */
const KEEP_ALIVE = { keepAliveMs: 5_000 };
/** Shorter than the fault of the endpoint, so that they expire within it. */
const CREDENTIALS_MS = 15_000;
const CREDENTIALS: Fault = (exchange) =>
  answer(200, {
    AccessKeyId: "ASIAEXAMPLE",
    SecretAccessKey: "secret",
    Token: "session",
    Expiration: new Date(Date.now() + CREDENTIALS_MS).toISOString(),
  })(exchange);

/** @param program the file of platform-api */
export async function startWorld(program: string): Promise<World> {
  const postgres = (await findPostgres()?.()) ?? null;
  const [dynamodb, directory] = await Promise.all([
    startEmbeddedDynamodb(LOOPBACK),
    startUserDirectory({ ...LOOPBACK, token: TOKEN, ...(postgres && { databaseUrl: postgres.url }) }),
  ]);
  const publish: Fault = (exchange) => answer(200, { keys: world.keys.map(({ jwk }) => jwk) })(exchange);
  const healthy = { keys: publish, directory: pass, store: pass, credentials: CREDENTIALS };
  const proxies: Readonly<Record<Upstream, FaultProxy>> = {
    keys: await startFaultProxy("http://unused", publish, KEEP_ALIVE),
    directory: await startFaultProxy(directory.url, pass, KEEP_ALIVE),
    store: await startFaultProxy(dynamodb.endpoint, pass, { ...KEEP_ALIVE, direct: dynamodb.server }),
    credentials: await startFaultProxy("http://unused", CREDENTIALS, KEEP_ALIVE),
  };
  const issuer = `${proxies.keys.url}/`;
  const environment: Environment = {
    PORT: "0",
    AUTH0_ISSUER: issuer,
    AUTH0_AUDIENCE: AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: NAMESPACE,
    ADMIN_CLIENT_IDS: "spa",
    CLJ_PG_WRAPPER_URL: proxies.directory.url,
    CLJ_PG_WRAPPER_TOKEN: TOKEN,
    DYNAMODB_TABLE: TABLE,
    // The AWS SDK looks for credentials only if the store is not on a loopback address.
    DYNAMODB_ENDPOINT: proxies.store.url.replace("127.0.0.1", "0.0.0.0"),
    AWS_REGION: "eu-central-1",
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${proxies.credentials.url}/credentials`,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    TRUSTED_PROXY_HOPS: "1",
  };
  // Faults must not fail operators, and a busy machine must not.
  const patient = { ...environment, CLJ_PG_WRAPPER_URL: directory.url, DYNAMODB_ENDPOINT: dynamodb.endpoint };
  const operator = { ...patient, STORE_ATTEMPT_MS: "2000", STORE_DEADLINE_MS: "5000" };
  const folder = mkdtempSync(join(tmpdir(), "endure-"));
  const key = createSigningKey(issuer, "k1");
  const world: World = {
    issuer,
    key,
    keys: [key],
    processes: [],
    databaseUrl: postgres?.url ?? null,
    directory: { url: directory.url, token: TOKEN },
    fault: (upstream, fault) => {
      proxies[upstream].fault = fault ?? healthy[upstream];
    },
    async restart() {
      await world.processes[1]?.stop();
      world.processes[1] = await startServed(program, environment);
    },
    async command(...args) {
      const { status, output } = await runCommand(operator, args);
      if (status !== 0) throw new Error(output);
    },
    async applyOrganizations(organizations) {
      const file = join(folder, "organizations.json");
      writeFileSync(file, JSON.stringify({ organizations }));
      await world.command("org", "apply", file, "--yes");
    },
    async userIdOf(email) {
      const user = await createCljClient({ url: directory.url, token: TOKEN }).findByEmail(email);
      if (user === null) throw new Error(`the directory has no ${email}`);
      return user.id;
    },
    items: () => scan(dynamodb.endpoint, TABLE),
    async close() {
      await Promise.all(world.processes.map((served) => served.stop()));
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
      await Promise.all([dynamodb.close(), directory.close()]);
      await postgres?.stop();
      rmSync(folder, { recursive: true });
    },
  };
  await world.command("table", "create");
  await world.applyOrganizations(organizations());
  world.processes.push(...(await Promise.all([1, 2].map(() => startServed(program, environment)))));
  return world;
}
