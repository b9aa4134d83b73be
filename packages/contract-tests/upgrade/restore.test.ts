import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../pages/programs.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { logins, ORGANIZATIONS } from "../simulator/people.ts";
import { type SelfServiceUpstreams, startSelfServiceUpstreams } from "../simulator/self-service.ts";
import { type Stack, startStack } from "../simulator/stack.ts";
import { buildThisTree } from "./builds.ts";
import { LOST_GRANTS } from "./lost-grants.ts";
import { LOST_LOGINS } from "./lost-logins.ts";
import { type OneMachine, prepareMachine } from "./one-machine.ts";
import { linesOf, PAGE, rowsOf } from "./page.ts";
import { DAMAGED, RESTORED, type Row, type Table, tableOf, type World } from "./restore-world.ts";
import { restoreInto } from "./restored-table.ts";
import { REVIVED_IDENTITIES } from "./revived-identities.ts";
import { REVIVED_MEMBERS } from "./revived-members.ts";
import { REVIVED_ORGANIZATIONS } from "./revived-organizations.ts";

/** Two organizations that share a domain, and do not trust each other. */
const SHARED = ["shared-one", "shared-two"].map((id) => ({
  id,
  name: id,
  jit: true,
  defaultRole: "member",
  domains: ["shared.example"],
  connections: [{ name: `${id}-entra`, strategy: "waad", displayName: id }],
}));
const BEFORE = [...ORGANIZATIONS, ...SHARED];
/** The file no longer has the connection that was removed: it would bring it back. */
const AFTER = [
  ...BEFORE.map((one) => (one.id === "umbrella-labs" ? { ...one, connections: [] } : one)),
  { id: "newco", name: "Newco", jit: true, defaultRole: "member", domains: ["newco.example"] },
];
const REVIVED = { ...REVIVED_MEMBERS, ...REVIVED_IDENTITIES, ...REVIVED_ORGANIZATIONS };
const LOST = { ...LOST_LOGINS, ...LOST_GRANTS };
const ALL = Object.entries({ ...REVIVED, ...LOST });
const NAMES = ALL.map(([name]) => name);

const [functions = ""] = linesOf("One machine with nginx");
const [tables = "", repeat = "", protect = ""] = linesOf("Repeat what was taken away");

/** The commands in the page's sentences and tables. */
const COMMAND =
  /`(?:platform-api )?(?:audit|auth0|connection|domain|identity|invitation|member|org|table) [a-z]+\b/g;

describeWith(["jq"], "a table that was restored to a point in time", () => {
  const builds = folderOfTests("restore");
  let stack: Stack;
  let upstreams: SelfServiceUpstreams;
  let machine: OneMachine;
  let restored: Table;
  const rows = new Map<string, Row>();
  let after: World;
  let since: string;

  beforeAll(async () => {
    upstreams = await startSelfServiceUpstreams();
    const started = await Promise.all([startStack(upstreams.settings), buildThisTree(builds)]);
    stack = started[0];
    machine = prepareMachine([0, 0, 0], started[1], stack.environment);
    await stack.applyOrganizations(BEFORE);
    restored = tableOf(stack, RESTORED);
    const damaged = { server: stack, table: tableOf(stack, DAMAGED) };
    const organizationsFile = join(builds, "organizations.json");
    writeFileSync(organizationsFile, JSON.stringify({ organizations: AFTER }));
    const { issuer } = stack;
    const setTxt = (name: string, value: string) => upstreams.dns.records.set(name, [value]);
    const setting = { issuer, login: logins({ issuer }), setTxt, organizationsFile };
    for (const [name, make] of ALL) rows.set(name, await make(setting));
    for (const { before } of rows.values()) await before?.(damaged);
    const { DYNAMODB_ENDPOINT: endpoint = "" } = stack.environment;
    await restoreInto(endpoint, { from: DAMAGED, to: RESTORED });
    since = new Date().toISOString();
    for (const { change } of rows.values()) await change(damaged);
  }, 120_000); // it builds this tree
  afterAll(async () => {
    await machine?.close();
    await stack?.close();
    await upstreams?.close();
  });

  const run = (lines: string) =>
    machine.run(`${functions}\n${tables.replace(/SINCE=\S+/, `SINCE=${since}`)}\n${lines}`);

  it("is handled by commands that exist", async () => {
    const named = new Set(PAGE.match(COMMAND)?.map((text) => text.replace(/^`(platform-api )?/, "")));
    expect(named.size).toBeGreaterThan(10);
    for (const command of named) await restored.run(...command.split(" "), "--help");
  });

  it("is described by the page, row by row", () => {
    const named = (heading: string) => rowsOf(heading).map(([row = ""]) => row);
    expect(named("What comes back to life")).toEqual(Object.keys(REVIVED));
    expect(named("What is lost")).toEqual(Object.keys(LOST));
  });

  it.each(NAMES)("does not know that %s", async (row) => {
    await rows.get(row)?.lost(restored);
  });

  it("is given what was taken away since by the lines of the page", async () => {
    const { entries } = await restored.json("audit", "list", "--since", since);
    expect(entries).toEqual([]);
    expect(await run(repeat)).not.toContain("failed:");
    expect(await run(protect)).toContain(`Table ${RESTORED} exists already.`);
    after = { server: await stack.another({ DYNAMODB_TABLE: RESTORED }), table: restored };
  }, 120_000);

  it.each(NAMES)("is right again after %s", async (row) => {
    await rows.get(row)?.settled(after);
  });
});
