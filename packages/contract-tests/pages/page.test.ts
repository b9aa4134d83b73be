import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { listen } from "../simulator/free-ports.ts";
import { pageOf, shownPattern } from "./page.ts";
import { startProgram } from "./programs.ts";
import { openShell, runLines } from "./shell.ts";

const FOLDER = tmpdir();
const PAGE = pageOf(`# Page

## One

| what | it is |
|---|---|
| a row | with \\| a pipe |

- A list:

  \`\`\`sh
  # no heading
  | no row |
  \`\`\`

### Below it

\`\`\`console
$ first
shown
$ second
\`\`\`

## Two
`);

it("reads a page's headings, tables, code and prompts, and takes no line of code for a heading or a row", () => {
  expect(PAGE.headings.map(({ title }) => title)).toEqual(["Page", "One", "Below it", "Two"]);
  const rows = [["a row", "with \\| a pipe"]];
  expect([PAGE.tables, PAGE.rows]).toEqual([[{ head: ["what", "it is"], rows }], rows]);
  expect(PAGE.blocks[0]).toEqual({ language: "sh", text: "# no heading\n| no row |\n", above: "- A list:" });
  expect(PAGE.prompts).toEqual([
    { command: "first", shown: "shown\n" },
    { command: "second", shown: "" },
  ]);
  const one = PAGE.section("One");
  expect([one.blocks.length, one.section("Below it").prompts.length]).toEqual([2, 2]);
  expect(PAGE.section("Two").blocks).toEqual([]);
  expect(() => PAGE.section("Three")).toThrow('no section "Three"');
});

it.each([
  ['{"id":"0b9c…","at":"…"}', '{"id":"c41d","at":"2026"}', true],
  ['{"id":"…"}', '{"id":"c41d","more":1}', false],
  ['"first: … then"', '"first: something then"', true],
  ['"first: … then"', '"first: something else"', false],
  ["a.b", "aXb", false],
])("shows by %s that %s is printed: %s", (shown, printed, isShown) => {
  expect(shownPattern(shown).test(printed)).toBe(isShown);
});

const part = (shown: string) =>
  pageOf(`\`\`\`sh\nNAME=x\necho "{\\"is\\":\\"$NAME\\"}"\n\`\`\`\n\n\`\`\`json\n${shown}\n\`\`\`\n`);

it("runs the lines of a page in one shell, and expects what the page shows", async () => {
  const shell = openShell({ folder: FOLDER, here: (lines) => lines.replace("=x", "=y") });
  expect(await shell.follow(part('{"is":"y"}'))).toBe('{"is":"y"}\n');
  await expect(shell.follow(part('{"is":"z"}'))).rejects.toThrow("what the page shows");
  await expect(shell.follow(part('{"is":"y"}\n{"one":"more"}'))).rejects.toThrow("what the page shows");
  expect(await shell.run('echo "$NAME"')).toBe("y\n");
  await expect(shell.run("echo before; false; echo after")).rejects.toThrow(/ended with 1,?:?\nbefore\n$/);
  await shell.close();
});

it("ends what the lines have started in the background", async () => {
  const shell = openShell({ folder: FOLDER });
  const pid = Number(await shell.run("sleep 1000 & echo $!"));
  expect(process.kill(pid, 0)).toBe(true);
  await shell.close();
  await expect.poll(() => isRunning(pid)).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it("says what a program has printed that does not listen itself, or that it does not exist", async () => {
  await expect(startProgram(["sh", "-c", "echo broken; exit 1"], [9])).rejects.toThrow("broken");
  await expect(startProgram(["/nowhere"], [9])).rejects.toThrow("ENOENT");
  const other = createServer();
  const port = await listen(other);
  await expect(startProgram(["sh", "-c", "echo in use; exit 1"], [port])).rejects.toThrow("in use");
  other.close();
  await expect(runLines("false", { folder: FOLDER })).rejects.toThrow("false");
});
