import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { canMount, mountDisk } from "../faults/log-output.ts";
import { describeUnless, describeWith } from "../pages/programs.ts";
import type { Postgres } from "../postgres/postgres.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { type CommandResult, runCommand } from "../simulator/stack.ts";
import { startLeak, stateOf, stoppedAt } from "./commands.ts";
import { type Dump, dump } from "./dump.ts";
import { linkedStackOfTests } from "./linked.ts";
import { databaseOf } from "./world.ts";

const SMALL = { rows: 2_000, subjects: 100 };
const PASSWORD = "s3cret";
const NOTES = "Call Ann.";

describeWith(["postgres", "pg_dump"], "a repair", () => {
  const stack = linkedStackOfTests(SMALL);
  const folder = folderOfTests("leak");
  const inFolder = (name: string) => join(folder, name);
  let database: Postgres;
  let another: Postgres;
  let before: Dump;

  const leak = (...args: string[]): Promise<CommandResult> =>
    runCommand(stack.environment, ["leak", ...args]);
  const store = (url = database.url) => ["--postgres", url];

  beforeAll(async () => {
    [database, another] = await Promise.all([databaseOf(SMALL, "found"), databaseOf(SMALL, "found")]);
    before = await dump(database.url);
    const planned = await leak("plan", ...store(), "-o", inFolder("small.plan"), "--merge");
    expect(planned.output).not.toContain("error");
  });
  afterAll(() => Promise.all([database.stop(), another.stop()]));

  /** The URL of a role that has these permissions alone, on all tables or on one. */
  async function role(name: string, permissions: string): Promise<string[]> {
    const { pathname } = new URL(database.url);
    const user = `${name}_${pathname.slice(1)}`;
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    await owner.query(
      `CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD}'; ${permissions.replaceAll("ROLE", user)}`,
    );
    onTestFinished(async () => {
      await owner.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
      await owner.end();
    });
    return store(url({ username: user }));
  }

  /** The URL with another part. */
  function url(part: Partial<Record<"port" | "pathname" | "username" | "password", string>>): string {
    return Object.assign(new URL(database.url), { password: PASSWORD, ...part }).href;
  }

  /** A copy of the plan, edited. */
  function edited(edit: (lines: string[]) => readonly string[]): string {
    const file = inFolder("edited.plan");
    const lines = readFileSync(inFolder("small.plan"), "utf8").trimEnd().split("\n");
    writeFileSync(file, `${edit(lines).join("\n")}\n`);
    return file;
  }
  function written(name: string): string {
    writeFileSync(inFolder(name), NOTES);
    return inFolder(name);
  }
  const apply = (plan: string, to = store()) =>
    leak("apply", plan, ...to, "--undo", inFolder("new.undo"), "--yes");
  const scan = (...args: string[]) => leak("scan", ...args, "--state", inFolder("new.state"));

  const REFUSED: Readonly<
    Record<string, readonly [status: number, says: RegExp, run: () => Promise<CommandResult>]>
  > = {
    "no store": [2, /--postgres/, () => scan()],
    "two stores": [2, /--postgres/, () => scan(...store(), "--ndjson", "file")],
    "what is not a URL": [2, /--postgres/, () => scan("--postgres", "the database")],
    "a server that is not there": [1, /127\.0\.0\.1/, () => scan("--postgres", url({ port: "9" }))],
    "a database that does not exist": [1, /nowhere/, () => scan("--postgres", url({ pathname: "nowhere" }))],
    "a role without permission to read": [
      1,
      /GRANT|permission/,
      async () => scan(...(await role("nobody", ""))),
    ],
    "a role without permission to write": [
      1,
      /GRANT|permission/,
      async () => apply(inFolder("small.plan"), await role("reader", `GRANT pg_read_all_data TO ROLE`)),
    ],
    "the state of a scan of another database": [
      1,
      /another/,
      async () => {
        const state = inFolder("another.state");
        const command = startLeak(stack.environment, folder, [
          "scan",
          ...store(another.url),
          "--state",
          state,
        ]);
        const moment = { steps: 2, laterMs: 0, signal: "SIGKILL" } as const;
        expect(await stoppedAt(command, () => stateOf(state), moment)).toMatchObject({ status: "SIGKILL" });
        return leak("scan", ...store(), "--state", state);
      },
    ],
    "a plan of another database": [1, /another/, () => apply(inFolder("small.plan"), store(another.url))],
    "a plan with another UUID": [
      1,
      /edited|changed/,
      () => apply(edited((lines) => lines.map((line) => line.replace("00000001-0000", "00000002-0000")))),
    ],
    "a plan without one of its lines": [
      1,
      /edited|changed/,
      () => apply(edited((lines) => lines.toSpliced(3, 1))),
    ],
    "a plan whose lines are in another order": [
      1,
      /edited|changed/,
      () => apply(edited(([header = "", a = "", b = "", ...rest]) => [header, b, a, ...rest])),
    ],
    "a plan that was cut short": [1, /cut|end|whole/, () => apply(edited((lines) => lines.slice(0, -5)))],
    "a plan that does not exist": [1, /missing\.plan/, () => apply(inFolder("missing.plan"))],
    "a plan as undo file": [1, /undo/, () => leak("undo", inFolder("small.plan"), ...store(), "--yes")],
    "a plan over another one": [
      1,
      /small\.plan is a finished plan: apply it, or delete it; or name another file/,
      () => leak("plan", ...store(), "-o", inFolder("small.plan")),
    ],
    "a plan over a file of somebody": [
      1,
      /notes exists/,
      () => leak("plan", ...store(), "-o", written("notes")),
    ],
    "an undo file over a file of somebody": [
      1,
      /notes is not an undo file/,
      () => leak("apply", inFolder("small.plan"), ...store(), "--undo", written("notes"), "--yes"),
    ],
    "an undo file that cannot be written": [
      1,
      /nowhere/,
      () => leak("apply", inFolder("small.plan"), ...store(), "--undo", inFolder("nowhere/undo"), "--yes"),
    ],
    "a change that nobody can confirm": [2, /--yes/, () => leak("apply", inFolder("small.plan"), ...store())],
  };
  it.each(Object.entries(REFUSED))("refuses %s, and says so", async (_, [status, says, run]) => {
    const { status: ended, output } = await run();
    expect({ ended, output }).toEqual({ ended: status, output: expect.stringMatching(says) });
    expect(output).not.toContain(PASSWORD);
    expect(output).not.toMatch(/^ +at /m);
  });

  it("changes nothing where it refuses", async () => {
    expect(await dump(database.url)).toEqual(before);
    expect(readFileSync(inFolder("notes"), "utf8")).toBe(NOTES);
  });

  it("takes back what an undo file names that was cut, says that its end is missing, and ends with 1", async () => {
    const [whole, cut] = [inFolder("whole.undo"), inFolder("cut.undo")];
    await leak("apply", inFolder("small.plan"), ...store(), "--undo", whole, "--yes");
    const text = readFileSync(whole, "utf8");
    writeFileSync(cut, text.slice(0, text.length / 2));
    const { status, output } = await leak("undo", cut, ...store(), "--yes");
    expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(/has no end.* names \d/) });
    expect(output).toMatch(/^[1-9]\d* rows? changed back/m);
    expect(await leak("undo", whole, ...store(), "--yes")).toMatchObject({ status: 0 });
    expect(await dump(database.url)).toEqual(before);
  });

  describeUnless(
    canMount() ? null : "run it as root, where a tmpfs can be mounted",
    "a disk that is full",
    () => {
      it("ends a repair before its first batch is committed, and the same command goes on once there is space", async () => {
        const disk = mountDisk("8k");
        const undo = join(disk, "undo");
        const repair = () => leak("apply", inFolder("small.plan"), ...store(), "--undo", undo, "--yes");
        const { status, output } = await repair();
        expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(/space/) });
        expect(await dump(database.url)).toEqual(before);
        execFileSync("mount", ["-o", "remount,size=16m", disk]);
        await repair();
        expect(await dump(database.url)).not.toEqual(before);
        await leak("undo", undo, ...store(), "--yes");
        expect(await dump(database.url)).toEqual(before);
      });
    },
  );
});
