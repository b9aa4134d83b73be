import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Batch, LeakSource } from "../model.ts";
import { subjectRule } from "../subjects.ts";
import { openNdjson } from "./ndjson.ts";

const JANE = "waad|jane";
const UUID = "00000001-0000-4000-8000-000000000000";
const signal = () => AbortSignal.timeout(20_000);

function fileOf(content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "ndjson-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "export.ndjson");
  writeFileSync(file, content);
  return file;
}

const open = (content: string | Buffer) => openNdjson(fileOf(content), subjectRule(["waad"]), signal());

async function batchesOf(source: LeakSource, position: unknown = null): Promise<Batch[]> {
  const [table] = source.catalog.tables;
  if (table === undefined) throw new Error("no table");
  const batches: Batch[] = [];
  for await (const batch of source.walk(table, position, signal())) batches.push(batch);
  return batches;
}

const foundOf = (batches: readonly Batch[]) => batches.flatMap(({ found }) => found);

it("finds whole values in fields, names the lines that cannot be read, and counts what only looks like one", async () => {
  const source = await open(
    Buffer.concat([
      Buffer.from(`{"id": 1, "by": "${JANE}", "to": ["x", {"by": "waad|joe"}]}\r\n\n{"by": "${JANE}"\n`),
      Buffer.from(`{"text": "by ${JANE}", "other": "okta|x", "${JANE}": 1}\n"${JANE}"\n`),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(`{"by": "${UUID}", "à": "waad\\u007Cjane"}`),
    ]),
  );
  const batches = await batchesOf(source);
  expect(foundOf(batches)).toEqual([
    {
      key: ["1"],
      places: [
        { column: "by", path: [], subject: JANE },
        { column: "to", path: [1, "by"], subject: "waad|joe" },
      ],
    },
    { key: ["5"], places: [{ column: "$", path: [], subject: JANE }] },
    { key: ["7"], places: [{ column: "à", path: [], subject: JANE }] },
  ]);
  expect(batches.map(({ rows, resembling }) => [rows, Object.fromEntries(resembling)])).toEqual([
    [7, { text: 1, other: 1, $: 1 }],
  ]);
  const { tables, notes } = source.catalog;
  expect(tables.map(({ name, rows }) => [name, rows])).toEqual([["export.ndjson", 7]]);
  expect(notes.at(-1)).toMatch(/not JSON, not UTF-8.*: 2 \(3, 6\)\.$/);
  for (const table of tables) {
    expect(await source.findUserIds(table, "by", [UUID], signal())).toEqual(new Set([UUID]));
    expect(await source.findUserIds(table, "to", [UUID], signal())).toEqual(new Set());
  }
});

it("goes on from any batch, also in the middle of a file", async () => {
  const lines = Array.from({ length: 2_500 }, (_, at) => `{"by":"waad|ü${at}"}\n`);
  const source = await open(lines.join(""));
  const batches = await batchesOf(source);
  expect([batches.length, foundOf(batches).length]).toEqual([3, 2_500]);
  for (const [at, { position }] of batches.entries()) {
    const rest = await batchesOf(source, JSON.parse(JSON.stringify(position)));
    expect(foundOf(rest)).toEqual(foundOf(batches.slice(at + 1)));
  }
  await expect(batchesOf(source, { after: [] })).rejects.toThrow("not one of a file");
});

it("reads lines that are longer than what is read at once", async () => {
  const long = JSON.stringify({ text: "x".repeat(3_000_000), by: JANE });
  const source = await open(`${long}\n${long}`);
  expect(foundOf(await batchesOf(source)).map(({ key }) => key)).toEqual([["1"], ["2"]]);
});

it("takes a file with another content for another one", async () => {
  const file = fileOf(`{"by":"${JANE}"}\n`);
  const fingerprint = async () =>
    (await openNdjson(file, subjectRule(["waad"]), signal())).catalog.fingerprint;
  const first = await fingerprint();
  expect(await fingerprint()).toBe(first);
  writeFileSync(file, `{"by":"${UUID}"}\n`);
  expect(await fingerprint()).not.toBe(first);
});

it("says which file cannot be read", async () => {
  const opened = openNdjson("missing.ndjson", subjectRule(["waad"]), signal());
  await expect(opened).rejects.toThrow("missing.ndjson cannot be read (ENOENT): check --ndjson");
});
