import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "@platform-api/platform-api";
import { z } from "zod";
import { freePorts } from "../simulator/free-ports.ts";
import { AUDIENCE, NAMESPACE } from "../simulator/issuer.ts";
import { ORGANIZATIONS } from "../simulator/people.ts";
import { runCommand } from "../simulator/stack.ts";
import { fileAt, type PinnedProcess, SERVER_CORE, startPinned } from "./pinned-process.ts";
import { type Answer, ORIGIN } from "./request-bytes.ts";
import { ISSUER } from "./tokens.ts";
import { SERVICE_TOKEN, type Upstreams } from "./upstreams.ts";

export const PLATFORM_API = fileAt("../../../apps/platform-api/");
export const BUILT_FILE = join(PLATFORM_API, "dist/platform-api.js");
export const TABLE = "platform-api";
const START_MS = 20_000;
const POLL_MS = 2;

/** A server in a process of its own. */
export interface BenchServer {
  readonly url: string;
  readonly process: PinnedProcess;
}

/** Builds a package as `pnpm build` does. */
export function build(folder: string): void {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`; // the build must run on this Node, too
  execFileSync("npx", ["-y", "pnpm@12", "--silent", "build"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PATH },
  });
}

/**
 * The embedded services are slow, and all requests come from one address. More time and a higher limit do not change
 * what a request costs: it is counted as always.
 */
const PATIENT = {
  STORE_ATTEMPT_MS: "2000",
  STORE_DEADLINE_MS: "2500",
  DIRECTORY_ATTEMPT_MS: "2000",
  RATE_LIMIT_DISCOVER_PER_MINUTE: "1000000000",
};

/** platform-api's required variables and this bench's origin. Everything else that costs has its default. */
export function environmentOf(upstreams: Pick<Upstreams, "store" | "directory" | "jwks">): Environment {
  return {
    AUTH0_ISSUER: ISSUER,
    AUTH0_AUDIENCE: AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: NAMESPACE,
    AUTH0_JWKS_URL: `${upstreams.jwks}/`,
    CLJ_PG_WRAPPER_URL: upstreams.directory,
    CLJ_PG_WRAPPER_TOKEN: SERVICE_TOKEN,
    DYNAMODB_TABLE: TABLE,
    DYNAMODB_ENDPOINT: upstreams.store,
    AWS_REGION: "eu-central-1",
    CORS_ORIGINS: ORIGIN,
    ...PATIENT,
  };
}

/** Creates a table with the organizations of the contract tests. @throws when a command fails */
export async function prepareTable(environment: Environment, folder: string): Promise<void> {
  const file = join(folder, "organizations.json");
  writeFileSync(file, JSON.stringify({ organizations: ORGANIZATIONS }));
  await command(environment, "table", "create");
  await command(environment, "org", "apply", file, "--yes");
}

/** Runs a command of platform-api. @throws when it fails */
export async function command(environment: Environment, ...args: string[]): Promise<void> {
  const { status, output } = await runCommand(environment, args);
  if (status !== 0) throw new Error(output);
}

/** Runs in the server's process, and answers each message with the memory in use after a garbage collection. */
const ANSWERS_MEMORY = `data:text/javascript,${encodeURIComponent(`
  process.on("message", () => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    process.send({ usedMb: (heapUsed + external) / 1e6 });
  });
  process.channel.unref();`)}`;

/**
 * Runs in the server's process, and leaves out that a refusal is noted, or puts it back, as each message says. Two processes
 * that run the same code differ by more than what is measured so.
 */
const SWITCHES_NOTES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  const NOTING = /^\\s*noting\\((\\w+)\\) \\{$/m;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith("/platform-api.js")) return loaded;
      const source = String(loaded.source);
      if (!NOTING.test(source)) throw new Error("refusals are not noted in noting() of sender.ts");
      return { ...loaded, source: source.replace(NOTING, "$& if (globalThis.notesNothing) return $1;") };
    },
  });
  process.on("message", ({ notes }) => {
    globalThis.notesNothing = !notes;
    process.send({ notes });
  });
  process.channel.unref();`)}`;

const memory = z.object({ usedMb: z.number() });

/** The memory that a platform-api uses, without garbage, in 10⁶ bytes. */
export async function usedMb({ process }: BenchServer): Promise<number> {
  return (await process.ask(memory, {})).usedMb;
}

/** A platform-api that notes refusals or not. */
export interface NotingServer extends BenchServer {
  /** From now on. */
  setNotes(notes: boolean): Promise<void>;
}

export async function startNotingPlatform(environment: Environment): Promise<NotingServer> {
  const server = await startPlatform(environment, SWITCHES_NOTES);
  return {
    ...server,
    setNotes: async (notes) => {
      await server.process.ask(z.object({ notes: z.literal(notes) }), { notes });
    },
  };
}

/** Starts the built file. Resolves when it is ready. */
export async function startPlatform(
  environment: Environment,
  answersMessages = ANSWERS_MEMORY,
): Promise<BenchServer> {
  const [port] = await freePorts(1);
  const script = ["--expose-gc", "--import", answersMessages, BUILT_FILE, "serve"];
  const process = startPinned(SERVER_CORE, script, { ...environment, PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  await until200(`${url}/readyz`);
  return { url, process };
}

/** @throws when the answer is not 200 in time */
export async function until200(url: string): Promise<void> {
  const giveUpMs = performance.now() + START_MS;
  while (performance.now() < giveUpMs) {
    const status = await fetch(url).then(
      ({ status }) => status,
      () => null, // it does not listen yet
    );
    if (status === 200) return;
    await sleep(POLL_MS);
  }
  throw new Error(`${url} does not answer 200`);
}

const listening = z.object({ url: z.string() });

export interface BareOptions {
  readonly readsBody?: boolean;
  /** Also verifies the request's bearer token with this RS256 key (PEM). */
  readonly publicKey?: string;
}

/** One process for all bare servers. Only one of them gets requests at a time. */
export function startBare() {
  const process = startPinned(SERVER_CORE, [fileAt("children/bare.ts")]);
  return {
    stop: () => process.stop(),
    /** Starts a server that answers each request with this answer. */
    async serve(answer: Answer, { readsBody = false, publicKey }: BareOptions = {}): Promise<BenchServer> {
      const { url } = await process.ask(listening, { answer, readsBody, publicKey: publicKey ?? null });
      return { url, process };
    },
  };
}

/** What a service could use instead, by the name that `children/peers.ts` knows. */
export const PEERS = {
  "fastify-cached": "Fastify + @fastify/jwt, cached",
  fastify: "Fastify + @fastify/jwt, not cached",
  trpc: "tRPC standalone, tokens remembered",
  express: "Express + express-oauth2-jwt-bearer",
} as const;

/** Starts a server that verifies each token and answers with this body. */
export async function startPeer(
  peer: string,
  options: { readonly body: string; readonly publicKey: string; readonly jwksUri: string },
): Promise<BenchServer> {
  const process = startPinned(SERVER_CORE, [fileAt("children/peers.ts")], { NODE_ENV: "production" });
  const { url } = await process.ask(listening, { peer, ...options });
  return { url, process };
}
