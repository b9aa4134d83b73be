import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type IdentityProvider,
  managementEnvironment,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import { type Fault, type FaultProxy, startFaultProxy } from "../simulator/fault-proxy.ts";
import { answer, pass } from "../simulator/faults.ts";
import { startUpstreams } from "../simulator/faulty-stack.ts";
import { FORGE } from "../simulator/forge.ts";
import type { SigningKey } from "../simulator/issuer.ts";
import { type Stack, startStack, withDefaults } from "../simulator/stack.ts";
import { type Follower, follow } from "../simulator/tenant-users.ts";
import { organizations } from "./people.ts";
import type { Upstream } from "./phases.ts";
import { type Served, startServed } from "./served.ts";

/**
 * Two processes behind fault proxies, and the stack that they need. Its operators, and who follows the identity provider, reach
 * the stores without a fault.
 */
export interface World {
  readonly stack: Stack;
  /** Where some people are blocked. It signs no token of theirs. */
  readonly provider: IdentityProvider;
  /** Stores what the identity provider tells of them. */
  readonly follower: Follower;
  /** Signs for everybody, and may be replaced. */
  key: SigningKey;
  /** The second one is restarted. */
  readonly processes: Served[];
  /** Sets the fault of an upstream, or ends it. */
  fault(upstream: Upstream, fault: Fault | null): void;
  /** Stops the second process as a deployment does, and starts it again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

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
  const stack = await startStack({ STORE_DEADLINE_MS: "5000" });
  await stack.applyOrganizations(organizations());
  const upstreams = await startUpstreams(stack, { ...KEEP_ALIVE, direct: stack.dynamodb.server });
  const { keys, directory, store } = upstreams;
  const credentials = await startFaultProxy("http://unused", CREDENTIALS, KEEP_ALIVE);
  const proxies: Readonly<Record<Upstream, FaultProxy>> = { keys, directory, store, credentials };
  const environment = {
    ...withDefaults(stack.environment),
    ...upstreams.settings,
    // The AWS SDK looks for credentials only if the store is not on a loopback address.
    DYNAMODB_ENDPOINT: store.url.replace("127.0.0.1", "0.0.0.0"),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${credentials.url}/credentials`,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    TRUSTED_PROXY_HOPS: "1",
  };
  const start = () => startServed(program, environment);
  const processes = await Promise.all([start(), start()]);
  const folder = mkdtempSync(join(tmpdir(), "endure-"));
  const connections = [{ name: `${FORGE}-entra`, strategy: "waad", displayName: "Forge" }];
  const provider = await startIdentityProvider({ dataFolder: folder, port: 0, connections });
  const follower = follow({ ...stack.environment, ...managementEnvironment(provider.issuer) });
  await follower.says("beginning to follow the events");
  return {
    stack,
    provider,
    follower,
    key: stack.issuer.key,
    processes,
    fault: (upstream, fault) => {
      proxies[upstream].fault = fault ?? (upstream === "credentials" ? CREDENTIALS : pass);
    },
    async restart() {
      await processes[1]?.stop();
      processes[1] = await start();
    },
    async close() {
      await Promise.all([...processes.map((served) => served.stop()), follower.stop()]);
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
      await Promise.all([stack.close(), provider.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}
