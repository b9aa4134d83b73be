import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { auditTable } from "../../../apps/frontend/src/pages/audit/export-table.ts";
import { exportMembers } from "../../../apps/frontend/src/pages/members/export-members.ts";
import { describeWith } from "../pages/programs.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";

const ENTRIES = 10_000;
const MEMBERS = 2_000;
/** What somebody may be called so that a spreadsheet would run it: as a formula, by DDE, or as a link. */
const HOSTILE = [
  '=HYPERLINK("http://127.0.0.1:9/","Ada")',
  "=1+1",
  "+1+1",
  "-1+1",
  "@SUM(1,1)",
  "\t=1+1",
  "\r=1+1",
  " =1+1",
  "＝1+1",
  '=cmd|"/C calc"!A0',
  'Ada";=1+1',
  "Ada\r\n=1+1",
  "Ada;=1+1",
];
const nameOf = (n: number) => HOSTILE[n % HOSTILE.length] ?? "";
const person = (n: number) => ({ name: nameOf(n), address: `member-${n}@acme.example` });

/** Those of a list, as the page of members saves them. */
async function saveMembers(): Promise<readonly string[]> {
  const items = Array.from({ length: MEMBERS }, (_, n) => ({
    userId: `${n}`,
    email: person(n).address,
    name: nameOf(n),
    role: "member" as const,
    status: "active" as const,
    origin: "invitation" as const,
    outside: false,
    invitedBy: `${n}`,
    joinedAt: "2026-12-01T07:11:02.000Z",
    removedAt: null,
    removedBy: null,
  }));
  const { lines } = await exportMembers({
    organizationId: "acme",
    view: { query: "", role: null, status: "active", sort: null },
    load: async () => ({ items, nextCursor: null }),
    nameInviters: async (userIds) => new Map(userIds.map((userId) => [userId, nameOf(Number(userId) + 1)])),
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  return lines;
}
const memberLines = await saveMembers();
const entryLines = auditTable(
  Array.from({ length: ENTRIES }, (_, n) => ({
    id: `${n}`,
    at: new Date(Date.UTC(2026, 10, 1) + n * 1_000).toISOString(),
    actor: `user:${n}`,
    via: nameOf(n + 1),
    action: "connection-updated",
    userId: `${n + 1}`,
    connection: "acme-okta",
    domain: null,
    rule: null,
    invitationId: null,
    batchId: null,
    before: { displayName: nameOf(n + 2) },
    after: { displayName: nameOf(n + 3) },
  })),
  {
    user: (userId) => person(Number(userId)),
    invitee: () => "someone",
    inviter: () => null,
    connection: () => "=1+1",
  },
);

const run = promisify(execFile);
const folder = folderOfTests("spreadsheet");

/** A separator as LibreOffice names it, then quotes, UTF-8, from the first line on, and formulas are evaluated. */
const importedBy = (separator: ";" | ",") =>
  `CSV:${separator.charCodeAt(0)},34,76,1,,0,false,true,false,false,false,-1,true`;

/** What LibreOffice makes of a file: how many rows it has, and what of it runs or leads somewhere. */
async function opened(name: string, lines: readonly string[], separator: ";" | "," = ",") {
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, lines.join(""));
  const settings = `-env:UserInstallation=file://${join(folder, "profile")}`;
  const options = ["--headless", `--infilter=${importedBy(separator)}`, "--convert-to", "fods"];
  await run("/usr/bin/soffice", [settings, ...options, "--outdir", folder, file]);
  const sheet = readFileSync(join(folder, `${name}.fods`), "utf8");
  const [, table = ""] = sheet.split("<table:table ");
  const rows = table.split("<table:table-row").filter((row) => row.includes("office:value-type")).length;
  return { rows, runs: table.match(/table:formula="[^"]*"|xlink:href="[^"]*"|<table:dde/g) ?? [], table };
}

describeWith(["soffice"], "LibreOffice", () => {
  it("runs a formula of a file that was not defused: the test would see it", async () => {
    const { runs } = await opened("control", ["Name,Role\r\n", "=1+1,Member\r\n"]);
    expect(runs).toEqual(['table:formula="of:=1+1"']);
  });

  it.each([
    ["members", memberLines, MEMBERS],
    ["entries", entryLines, ENTRIES],
  ] as const)("shows a row for each of the %s, and runs nothing of them", async (name, lines, count) => {
    const { rows, runs, table } = await opened(name, lines);
    expect({ rows, runs }).toEqual({ rows: count + 1, runs: [] });
    for (const address of [person(1).address, person(count - 1).address]) expect(table).toContain(address);
  });

  it.each([
    ["members", memberLines],
    ["entries", entryLines.slice(0, 1_000)],
  ] as const)("runs nothing of the %s where semicolons separate cells", async (name, lines) => {
    expect((await opened(`${name}-by-semicolons`, lines, ";")).runs).toEqual([]);
  });
});
