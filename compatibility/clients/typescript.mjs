import { deepEqual, equal } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [compiler] = process.argv.slice(2);
const modules = join(import.meta.dirname, "../node_modules");
const consumer = join(import.meta.dirname, "../../packages/contract-tests/sdk-package/consumer");
const folder = mkdtempSync(join(tmpdir(), "typescript-"));
symlinkSync(modules, join(folder, "node_modules"));
writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
// Express has no types of its own.
const lines = readFileSync(join(consumer, "resolution.ts"), "utf8")
  .split("\n")
  .filter((line) => !line.includes("xpress"));
writeFileSync(join(folder, "resolution.ts"), lines.join("\n"));
const marked = lines.flatMap((line, i) =>
  line.endsWith("// TS2322") ? [`resolution.ts(${i + 1}): TS2322`] : [],
);
equal(marked.length, 5);
for (const [moduleResolution, module] of [
  ["bundler", "esnext"],
  ["nodenext", "nodenext"],
  ["node16", "node16"],
  ["node10", "esnext"],
]) {
  const options = {
    moduleResolution,
    module,
    lib: ["es2018", "dom"],
    types: [],
    strict: true,
    skipLibCheck: true,
  };
  const tsconfig = { compilerOptions: { ...options, noEmit: true }, files: ["resolution.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const tsc = join(modules, compiler, "lib/tsc.js");
  const { stdout } = spawnSync(process.execPath, [tsc, "--pretty", "false", "-p", folder], {
    encoding: "utf8",
  });
  const errors = [...stdout.matchAll(/(\w+\.ts)\((\d+),\d+\): error (TS\d+)/g)];
  deepEqual(
    errors.map(([, file, line, code]) => `${file}(${line}): ${code}`),
    marked,
    `${moduleResolution}: ${stdout}`,
  );
}
rmSync(folder, { recursive: true });
