import { readFileSync } from "node:fs";

/** docs/back-up-and-upgrade.md */
export const PAGE = readFileSync(new URL("../../../docs/back-up-and-upgrade.md", import.meta.url), "utf8");

/** A section of docs/back-up-and-upgrade.md, without the sections below it. */
function sectionOf(heading: string): string {
  const section = PAGE.split(/^#{2,3} /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`the page has no section "${heading}"`);
  return section;
}

/** The `sh` blocks of a section. */
export function linesOf(heading: string): readonly string[] {
  return [...sectionOf(heading).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, lines = ""]) => lines);
}

/** The rows of the first table of a section, without its heading. */
export function rowsOf(heading: string): readonly (readonly string[])[] {
  const lines = sectionOf(heading)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
