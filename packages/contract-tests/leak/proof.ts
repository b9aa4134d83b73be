import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "@platform-api/platform-api";
import { Client } from "pg";
import { expect } from "vitest";
import { type Ended, type Moment, startLeak, stateOf, stoppedAt } from "./commands.ts";
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
const MOST_STEPS = 8;
const MOST_LATER_MS = 30;
/** Of what happens to a command, how much is a signal to stop, and how much a connection that is lost before. */
const [TERMINATED, LOST] = [0.15, 0.2];
const LOSE_CONNECTION = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'platform-api leak'`;

function momentBy(random: () => number, lose: () => Promise<unknown>): Moment {
  return {
    steps: Math.ceil(random() * MOST_STEPS),
    laterMs: random() * MOST_LATER_MS,
    signal: random() < TERMINATED ? "SIGTERM" : "SIGKILL",
    ...(random() < LOST && { halfway: lose }),
  };
}

/** Repairs a database that others write to, and takes it back, with kills at random places. Judges every row twice. */
export async function prove({ size, kills, seed, environment, folder }: Proof): Promise<void> {
  const random = randomOf(seed);
  const files = { state: join(folder, "state"), plan: join(folder, "plan"), undo: join(folder, "undo") };
  const [database, repaired] = await Promise.all([databaseOf(size, "found"), dumpOfRepaired(size)]);
  const { url } = database;
  const store = ["--postgres", url];
  try {
    const before = await dump(url);
    expect(before.rows.size).toBeGreaterThan(size.rows);

    /** @returns how it ended when it was not killed any more */
    const run = async (
      args: readonly string[],
      times: number,
      place: () => string | Promise<string>,
    ): Promise<Ended> => {
      for (let killed = 0, tries = 0; killed < times; tries += 1) {
        if (tries > 4 * times) throw new Error(`${args[0]} was killed only ${killed} times of ${times}`);
        const moment = momentBy(random, () =>
          args[0] === "apply" ? query(url, LOSE_CONNECTION) : Promise.resolve(),
        );
        const { status, err } = await stoppedAt(startLeak(environment, folder, args), place, moment);
        if (status === "SIGKILL") {
          killed += 1;
          if (args[0] === "apply" && killed === 1) appendFileSync(files.undo, TORN);
        } else if (
          status !== 0 &&
          (status !== 1 || (moment.signal === "SIGKILL" && !/^error: subjects |refused/m.test(err)))
        ) {
          throw new Error(`${args[0]} ended with ${status}: ${err}`);
        }
      }
      return startLeak(environment, folder, args).ended;
    };

    const writers = await startWriters(url, size, seed);
    const { journal } = writers;
    let named: ReadonlySet<string>;
    try {
      const scan = await run(["scan", ...store, "--state", files.state], kills.scan, () =>
        stateOf(files.state),
      );
      expect(scan).toMatchObject({ status: 1 });
      const part = `${files.plan}.part`;
      await run(["plan", ...store, "-o", files.plan, "--merge"], kills.plan, () => stateOf(part));
      expect(existsSync(part)).toBe(false);
      named = await namedBy(files.plan, url);
      const apply = ["apply", files.plan, ...store, "--undo", files.undo, "--yes"];
      await run(apply, kills.apply, () => stateOf(files.undo));
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
    for (let again = 0; again < 2; again += 1)
      await run(["apply", files.plan, ...store, "--undo", files.undo, "--yes"], 0, () => "");
    expect(judgeRepair(await dump(url), evidence)).toEqual([]);

    const undo = ["undo", files.undo, ...store, "--yes"];
    const place = () => query(url, "SELECT pg_current_wal_insert_lsn()");
    expect(await run(undo, kills.undo, place)).toMatchObject({ status: 0 });
    await run(undo, 0, () => "");
    expect(judgeUndo(await dump(url), evidence)).toEqual([]);
  } finally {
    await database.stop();
  }
}

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
