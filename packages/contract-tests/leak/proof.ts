import { appendFileSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "@platform-api/platform-api";
import { Client } from "pg";
import { expect } from "vitest";
import { type Ended, startLeak, stateOf, stoppedAt } from "./commands.ts";
import { type Dump, dump } from "./dump.ts";
import { type Evidence, judgeRepair, judgeUndo } from "./judge.ts";
import { namedBy } from "./named.ts";
import { randomOf } from "./random.ts";
import { databaseOf, type Size } from "./world.ts";
import { startWriters } from "./writers.ts";

export interface Proof {
  readonly size: Size;
  /** How often each command is killed. */
  readonly kills: {
    readonly scan: number;
    readonly plan: number;
    readonly apply: number;
    readonly undo: number;
  };
  readonly seed: number;
  /** With a table in which everybody is linked. */
  readonly environment: Environment;
  readonly folder: string;
}

/** What a crash in the middle of a write leaves behind. */
const TORN = '{"kind":"undo","table":"\\"public\\".\\"us';
const MOST_LATER_MS = 30;
/** Of what happens to a command, how much is a signal to stop, and how much a connection that is lost before. */
const [TERMINATED, LOST] = [0.15, 0.2];
const LOSE_CONNECTION = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'platform-api leak'`;
/** Changes with each MiB that is written. */
const WRITTEN = "SELECT floor((pg_current_wal_insert_lsn() - '0/0') / 1048576)";
const ROWS_OF_BATCH = 500;

/** How often a command is killed, and where. */
interface Kills {
  readonly times: number;
  /** What changes with each step that it makes. */
  place(): string | Promise<string>;
  /** The most steps that it makes until it is killed. */
  readonly most: number;
  readonly halfway?: () => Promise<unknown>;
  readonly onKilled?: () => void;
  readonly before?: () => void;
}
type Run = (args: readonly string[], kills?: Kills) => Promise<Ended>;

/** Repairs a database that others write to, and takes it back, with kills at random places. Judges every row twice. */
export async function prove({ size, kills, seed, environment, folder }: Proof): Promise<void> {
  const run = runner(environment, folder, randomOf(seed));
  const files = { state: join(folder, "state"), plan: join(folder, "plan"), undo: join(folder, "undo") };
  const [database, repaired] = await Promise.all([databaseOf(size, "found"), dumpOfRepaired(size)]);
  const { url } = database;
  const store = ["--postgres", url];
  const apply = ["apply", files.plan, ...store, "--undo", files.undo, "--yes"];
  const undo = ["undo", files.undo, ...store, "--yes"];
  try {
    const before = await dump(url);
    expect(before.rows.size).toBeGreaterThan(size.rows);
    const writers = await startWriters(url, size, seed);
    const { journal } = writers;
    let named: ReadonlySet<string>;
    try {
      const scanned = { times: kills.scan, most: 12, place: () => stateOf(files.state) };
      expect(await run(["scan", ...store, "--state", files.state], scanned)).toMatchObject({ status: 1 });
      const planned = [`${files.plan}.part`, `${files.plan}.new`];
      const place = () => planned.map(stateOf).join();
      // One that ends before it is killed is made again.
      const before = () => rmSync(files.plan, { force: true });
      const times = kills.plan;
      await run(["plan", ...store, "-o", files.plan, "--merge"], { times, most: 20, place, before });
      expect(planned.some(existsSync)).toBe(false);
      named = await namedBy(files.plan, url);
      await run(apply, {
        times: kills.apply,
        most: (1.5 * named.size) / ROWS_OF_BATCH / kills.apply,
        place: () => stateOf(files.undo),
        halfway: () => query(url, LOSE_CONNECTION),
        onKilled: () => {
          // A file that does not have its first line yet is not one of ours.
          if ((statSync(files.undo, { throwIfNoEntry: false })?.size ?? 0) > 0)
            appendFileSync(files.undo, TORN);
        },
      });
    } finally {
      await writers.stop();
    }
    for (const file of [files.plan, files.undo]) expect(readFileSync(file, "utf8")).not.toContain("@");
    const evidence: Evidence = { size, before, repaired, named, journal };
    expect(judgeRepair(await dump(url), evidence)).toEqual([]);

    // Without the rows that held some people back nothing is left to change, and once more changes nothing.
    await query(url, "DELETE FROM runs WHERE tag LIKE 'inserted-%'");
    journal.inserted.clear();
    journal.held.clear();
    for (let again = 0; again < 2; again += 1) await run(apply);
    expect(judgeRepair(await dump(url), evidence)).toEqual([]);

    const undone = { times: kills.undo, most: named.size / 12_000, place: () => query(url, WRITTEN) };
    expect(await run(undo, undone)).toMatchObject({ status: 0 });
    await run(undo);
    expect(judgeUndo(await dump(url), evidence)).toEqual([]);
  } finally {
    await database.stop();
  }
}

/** Runs a command until it ends by itself, after it was killed so often. */
function runner(environment: Environment, folder: string, random: () => number): Run {
  return async (args, kills) => {
    for (let killed = 0, tries = 0; kills !== undefined && killed < kills.times; tries += 1) {
      if (tries > 3 * kills.times) throw new Error(`${args[0]} was killed ${killed} times of ${kills.times}`);
      const { place, most, halfway, onKilled, before } = kills;
      before?.();
      const signal = random() < TERMINATED ? "SIGTERM" : "SIGKILL";
      const { status, err } = await stoppedAt(startLeak(environment, folder, args), place, {
        steps: Math.ceil(random() * most),
        laterMs: random() * MOST_LATER_MS,
        signal,
        ...(halfway !== undefined && random() < LOST && { halfway }),
      });
      if (status === "SIGKILL") {
        killed += 1;
        onKilled?.();
      } else if (status !== 0 && !MAY_END.test(err)) throw new Error(`${args[0]}: ${status}: ${err}`);
    }
    kills?.before?.();
    return startLeak(environment, folder, args).ended;
  };
}

/** What it says where it was stopped, or has ended before. */
const MAY_END = /^error: (stopped\b|subjects |.* has refused some rows)/m;

async function dumpOfRepaired(size: Size): Promise<Dump> {
  const { url, stop } = await databaseOf(size, "repaired");
  return dump(url).finally(stop);
}

/** @returns the result as a text */
async function query(url: string, sql: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return JSON.stringify((await client.query(sql)).rows);
  } finally {
    await client.end();
  }
}
