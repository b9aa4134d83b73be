/**
 * Fails on words that are not plain English, and on names of tests that are half a sentence: node packages/contract-tests/words/main.ts [file …],
 * by default over all tracked files. A line that must quote such a word contains `plain-words: quoted`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

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

/** A test's name that begins with these is the second half of a sentence. */
const CONTINUES = "of|and|or|but|also|nor|that|which|whose|who|than|to|as|by|for|from";
/** So is one that begins with these, unless it has a comma, after which a main clause can follow. */
const OPENS = "in|at|on|with|without|where|when|while|if";
/** The name stands behind `it(`, or behind the `)(` that ends a table, on this line or on the next one with the same indentation. */
const HALF_NAME = new RegExp(
  String.raw`^( *)(?:it|test)\b(?:[.\w]*|.*\)|.*\n(?:\1 .*\n|\n)*\1\S.*\))\(\s*(["'\x60])(?:T\w+: )?((?:${CONTINUES})(?=[ ,])|(?:${OPENS})(?= )(?!(?:(?!\2).)*,))`,
  "gm",
);
const NOT_PROSE = /(^|\/)(?:pnpm-lock\.yaml|package-lock\.json)$|\.(png|svg|ico)$/;

function problemsIn(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return /\.tsx?$/.test(file) ? [...wordsIn(file, text), ...halfNamesIn(file, text)] : wordsIn(file, text);
}

function halfNamesIn(file: string, text: string): string[] {
  return [...text.matchAll(HALF_NAME)].map(({ index, 0: { length }, 3: word }) => {
    const line = text.slice(0, index + length).split("\n").length;
    return `${file}:${line}: "${word}": begin the test's name with its subject or verb, so that it is a whole sentence`;
  });
}

function wordsIn(file: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
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
    .filter((file) => file !== "" && !NOT_PROSE.test(file) && existsSync(file));
}

const files = process.argv.length > 2 ? process.argv.slice(2) : trackedFiles();
const problems = files.flatMap(problemsIn);
if (problems.length > 0) {
  process.stderr.write(`${problems.join("\n")}\n${problems.length} lines are not plain English.\n`);
  process.exitCode = 1;
}
