import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "./repository.ts";

/** Writes an empty file for each entry of the package. */
const FAKE_BUILD = `import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
mkdirSync("dist", { recursive: true });
const entries = readFileSync("package.json", "utf8").matchAll(/"(\\.\\/dist\\/[^"]+)"/g);
for (const [, file] of entries) writeFileSync(file, "");
`;

/** Commits scripts that only succeed in place of lint and type-check, which the gate has run on these files. */
export function shortenChecks(repository: Repository, scripts: Readonly<Record<string, string>> = {}): void {
  repository.edit("package.json", (text) => {
    const manifest = JSON.parse(text);
    Object.assign(manifest.scripts, { lint: "true", typecheck: "true" }, scripts);
    return `${JSON.stringify(manifest, null, 2)}\n`;
  });
  repository.commitAll("test: shorten the checks");
}

/** Commits scripts that only succeed in place of the checks and the builds. */
export function shortenSteps(repository: Repository, scripts: Readonly<Record<string, string>> = {}): void {
  shortenChecks(repository, { build: "true", ...scripts });
  for (const name of ["client", "clj-client"])
    repository.edit(`packages/${name}/package.json`, (text) =>
      text.replace(/"prepack": ".*"/, '"prepack": "node ../../fake-build.mjs"'),
    );
  writeFileSync(join(repository.folder, "fake-build.mjs"), FAKE_BUILD);
  repository.commitAll("test: shorten the steps");
}
