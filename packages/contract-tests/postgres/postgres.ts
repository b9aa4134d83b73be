import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { freePorts } from "../simulator/free-ports.ts";
import { databaseUrl } from "./config.ts";

/** A new, empty database on a real PostgreSQL. */
export interface Postgres {
  readonly url: string;
  /** Removes the database and the server that was started for it. */
  stop(): Promise<void>;
}

/** The hint for a machine without PostgreSQL. */
export const HOW_TO_GET_POSTGRES = "apt-get install postgresql, or set DATABASE_URL";

const VERSIONS = "/usr/lib/postgresql"; // on Debian
/** Five times what a busy machine needs. */
const START_MS = 50_000;
const run = promisify(execFile);

/** Finds a way to create a database on this machine, or null without PostgreSQL. */
export function findPostgres(): (() => Promise<Postgres>) | null {
  const serverUrl = databaseUrl;
  if (serverUrl !== null) return () => createDatabase(serverUrl);
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a)) : [];
  const programs = versions.map((version) => join(VERSIONS, version, "bin"));
  const newest = programs.find((folder) => existsSync(join(folder, "initdb"))); // client packages have no initdb
  return newest === undefined ? null : () => startServer(newest);
}

async function createDatabase(serverUrl: string): Promise<Postgres> {
  const name = `contract_${randomUUID().replaceAll("-", "")}`;
  await execute(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return { url: url.href, stop: () => execute(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function startServer(programs: string): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), "contract-tests-postgres-"));
  const removeFolder = () => rm(folder, { recursive: true });
  try {
    const launch = await launcher(programs, folder);
    const initdb = launch("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync");
    const [status] = await once(initdb, "exit");
    if (status !== 0) throw new Error(`initdb in ${programs} ended with status ${status}`);
    const { url, stop } = await serve(launch);
    return { url, stop: () => stop().finally(removeFolder) };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

type Launch = (program: string, ...options: string[]) => ChildProcess;

/** PostgreSQL refuses to run as root. Both wrappers exec the program, so the child's pid is the program's. */
async function launcher(programs: string, folder: string): Promise<Launch> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await run("chown", ["postgres:", folder]);
  const wrapper = isRoot ? "setpriv" : "env";
  const identity = isRoot ? ["--reuid=postgres", "--regid=postgres", "--init-groups"] : [];
  return (program, ...options) =>
    spawn(wrapper, [...identity, join(programs, program), "-D", folder, ...options], { stdio: "ignore" });
}

async function serve(launch: Launch): Promise<Postgres> {
  const [port] = await freePorts(1);
  const server = launch("postgres", "-h", "127.0.0.1", "-p", `${port}`, "-k", "", "--fsync=off");
  const ended = once(server, "exit");
  const stop = async () => {
    server.kill("SIGINT"); // PostgreSQL's "fast shutdown"
    await ended;
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  try {
    await untilReady(url, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      return await execute(url, "SELECT 1");
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) throw error;
    }
    await sleep(50);
  }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}
