import { type AuditEntry, auditEntry } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { printJson, printTable } from "./audit-commands.ts";

const SINCE = new Date("2026-11-25T00:00:00.000Z");
const entryNumber = (n: number) =>
  auditEntry({ at: SINCE.toISOString(), actor: "login", action: "role-changed", subject: `waad|${n}` });

/** What was printed when so many entries were taken, and in the end. */
async function printed(
  print: (entries: AsyncIterable<AuditEntry>, out: (text: string) => void) => Promise<void>,
  count: number,
) {
  const parts: [taken: number, text: string][] = [];
  let taken = 0;
  async function* entries() {
    for (; taken < count; taken += 1) yield entryNumber(taken);
  }
  await print(entries(), (text) => parts.push([taken, text]));
  return { parts, text: parts.map(([, text]) => text).join("") };
}

const asJson = (count: number) => printed((entries, out) => printJson(entries, { out }), count);
const asTable = (count: number) => printed((entries, out) => printTable(entries, SINCE, { out }), count);

it.each([0, 1, 1_000, 2_500])(
  "prints %i entries as one JSON object, and holds 1,000 of them at a time",
  async (count) => {
    const { parts, text } = await asJson(count);
    expect(JSON.parse(text)).toEqual({ entries: Array.from({ length: count }, (_, n) => entryNumber(n)) });
    expect(text.indexOf("\n")).toBe(text.length - 1);
    expect(parts).toHaveLength(Math.ceil(count / 1_000) + 1);
    expect(parts[0]?.[0]).toBe(Math.min(count, 999));
  },
);

it.each([1, 1_000, 2_500])("prints %i entries as one table, a part at a time", async (count) => {
  const { parts, text } = await asTable(count);
  const lines = text.trimEnd().split("\n");
  expect(lines).toHaveLength(count + 1);
  expect(lines.filter((line) => line.startsWith("AT "))).toEqual(lines.slice(0, 1));
  const columns = lines.map((line) => line.search(/SUBJECT|waad/));
  expect(new Set(columns).size).toBe(1);
  expect(parts).toHaveLength(Math.ceil(count / 1_000));
});

it("says since when nothing has happened", async () => {
  expect((await asTable(0)).text).toBe("Nothing since 2026-11-25T00:00:00.000Z.\n");
});
