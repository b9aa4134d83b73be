import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What the project's own rules say of two files. */
function lint(a: string, b: string): { status: number | null; report: string } {
  const project = mkdtempSync(join(tmpdir(), "import-cycles-"));
  cpSync(join(ROOT, "biome.json"), join(project, "biome.json"));
  writeFileSync(join(project, "a.ts"), a);
  writeFileSync(join(project, "b.ts"), b);
  const biome = join(ROOT, "node_modules/.bin/biome");
  const args = ["lint", "--vcs-enabled=false", "--reporter=json", "a.ts", "b.ts"];
  const { status, stdout } = spawnSync(biome, args, { cwd: project, encoding: "utf8" });
  rmSync(project, { recursive: true });
  return { status, report: stdout };
}

const VALUE = 'import { b } from "./b.ts";\n\nexport const a = () => b;\n';
const TYPE = 'import type { B } from "./b.ts";\n\nexport type A = B | null;\n';

it.each([
  ["values", VALUE, 'import { a } from "./a.ts";\n\nexport const b = () => a;\n'],
  ["types", TYPE, 'import type { A } from "./a.ts";\n\nexport type B = A[];\n'],
])("refuses two files that import %s from each other", (_, a, b) => {
  const { status, report } = lint(a, b);
  expect(status).toBe(1);
  expect(report.match(/lint\/suspicious\/noImportCycles/g)).toHaveLength(2);
});

it.each([
  ["values", VALUE, "export const b = () => 1;\n"],
  ["types", TYPE, "export type B = string;\n"],
])("accepts a file that imports %s from another file", (_, a, b) => {
  expect(lint(a, b)).toMatchObject({ status: 0 });
});
