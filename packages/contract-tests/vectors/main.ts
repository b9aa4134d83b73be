import { vectorsDir } from "./config.ts";
import { download, pinnedFiles } from "./download.ts";

const files = pinnedFiles();
let stored = 0;
const problems: string[] = [];
for (const file of files) {
  try {
    await download(file, { folder: vectorsDir });
    stored += 1;
    if (stored % 50 === 0) process.stdout.write(`${stored} of ${files.length}\n`);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    if (problems.length === 5) break;
  }
}
process.stdout.write(`${stored} of ${files.length} files are in ${vectorsDir}\n`);
if (problems.length > 0) {
  process.stderr.write(
    `${problems.join("\n")}\nNothing else was changed; run it again when it can reach GitHub.\n`,
  );
  process.exitCode = 1;
}
