/**
 * Fails on words that are not plain English: node packages/contract-tests/words/main.ts [file …], by default over all tracked files. A line that
 * must quote such a word contains `plain-words: quoted`.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const REPLACEMENTS: readonly (readonly [word: RegExp, plain: string])[] = [
  [/\bwhoever\b/i, "name the caller, user or request"],
  [/\bmend(?:s|ed|ing)?\b/i, 'write "fix"'],
  [/\banew\b/i, 'write "again" or "from scratch"'],
  [/\bbe had\b/i, 'write "is unavailable"'],
  [/(?<!\bthere )\b(?:is|are) none\b/i, 'write "is not a …" or "does not have …"'],
  [/(?<!\bthere )\bis no (?!longer\b|more\b|better\b|faster\b)[a-z]+/i, 'write "is not a …"'],
  [/\btold of\b/i, 'write "gets" or "is notified of"'],
];
const QUOTED = "plain-words: quoted";
const NOT_PROSE = /(^|\/)(?:pnpm-lock\.yaml|package-lock\.json)$|\.(png|svg|ico)$/;

function problemsIn(file: string): string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, index) =>
      line.includes(QUOTED)
        ? []
        : REPLACEMENTS.flatMap(([word, plain]) => {
            const found = word.exec(line)?.[0];
            return found === undefined ? [] : [`${file}:${index + 1}: "${found}": ${plain}`];
          }),
    );
}

function trackedFiles(): string[] {
  return execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
    .split("\0")
    .filter((file) => file !== "" && !NOT_PROSE.test(file));
}

const files = process.argv.length > 2 ? process.argv.slice(2) : trackedFiles();
const problems = files.flatMap(problemsIn);
if (problems.length > 0) {
  process.stderr.write(`${problems.join("\n")}\n${problems.length} lines are not plain English.\n`);
  process.exitCode = 1;
}
