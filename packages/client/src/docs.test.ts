import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const TSC = join(PACKAGE, "../../node_modules/.bin/tsc");
const SDK = readFileSync(join(PACKAGE, "../../docs/sdk.md"), "utf8");

let folder: string;
beforeAll(() => {
  // Inside the package, so that its name and its dependencies resolve as in an installation.
  folder = mkdtempSync(join(PACKAGE, ".types-of-docs-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The errors that the compiler reports for these files. */
async function compilerErrors(files: readonly { name: string; text: string }[]): Promise<string> {
  const compilerOptions = { noEmit: true, emitDeclarationOnly: false, composite: false, rootDir: "../../.." };
  const names = files.map(({ name }) => name);
  const config = { extends: "../tsconfig.json", compilerOptions, files: names, include: [], references: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  const compiled = promisify(execFile)(TSC, ["-p", folder]);
  return compiled.then(
    () => "",
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  );
}

it("gives httpBatchLink the server's limit of a batch", () => {
  const limits = readFileSync(join(PACKAGE, "../../docs/limits-and-cost.md"), "utf8");
  const [, limit] = /^\| calls in a batch \| (\d+) \|/m.exec(limits) ?? [];
  const links = [...SDK.matchAll(/httpBatchLink\((.*)\)/g)];
  expect(links.map(([, options]) => options)).toEqual([expect.stringContaining(`maxItems: ${limit} `)]);
});

it("compiles every code block of docs/sdk.md", { timeout: 60_000 }, async () => {
  const blocks = [...SDK.matchAll(/```(tsx?)\n([\s\S]*?)```/g)];
  const files = blocks.map(([, extension, text = ""], i) => ({ name: `block-${i}.${extension}`, text }));
  expect(files).toHaveLength(17);
  expect(await compilerErrors(files)).toBe("");
  const wrong = { name: "wrong.ts", text: (files[0]?.text ?? "").replace("org.me", "org.nobody") };
  expect(await compilerErrors([wrong])).toContain("'nobody' does not exist");
});
