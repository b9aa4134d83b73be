import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));

/** A file of the repository. */
export const fileText = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Lines between two fences, without the indentation of a list. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** The last line of text above it, such as "`secret.env`:". */
  readonly above: string;
}

/** The cells of a table. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A line after a `$`, and what the page shows below it. */
export interface Prompt {
  readonly command: string;
  readonly shown: string;
}

/** A page of Markdown, or a part of one. */
export interface Page {
  readonly text: string;
  readonly headings: readonly { readonly level: number; readonly title: string }[];
  readonly blocks: readonly CodeBlock[];
  readonly tables: readonly Table[];
  /** The rows of all its tables. */
  readonly rows: readonly (readonly string[])[];
  readonly prompts: readonly Prompt[];
  /** What stands below a heading, until the next one of its level or of a higher one. @throws if it is not there */
  section(title: string): Page;
  /** The text of its blocks of a language. */
  code(language: string): readonly string[];
  /** All lines to run, in their order. */
  readonly commands: readonly string[];
}

export const readPage = (path: string): Page => pageOf(fileText(path));

const cellsOf = (row: string) =>
  row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

const promptsIn = (console: string): Prompt[] =>
  console
    .split(/^\$ /m)
    .slice(1)
    .map((each) => {
      const [command = "", ...shown] = each.split("\n");
      return { command, shown: shown.join("\n") };
    });

/** Reads Markdown. A line of code that begins with `#` or `|` is neither a heading nor a row. */
export function pageOf(text: string): Page {
  const lines = text.split("\n");
  const headings: { level: number; title: string; line: number }[] = [];
  const blocks: CodeBlock[] = [];
  const tables: { head: string[]; rows: string[][] }[] = [];
  let above = "";
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const [, indentation, language] = /^( *)```(\w*)$/.exec(line) ?? [];
    const [, hashes, title] = /^(#+) (.+)$/.exec(line) ?? [];
    if (indentation !== undefined && language !== undefined) {
      const end = lines.indexOf(`${indentation}\`\`\``, at + 1);
      if (end < 0) throw new Error(`the code below "${above}" does not end`);
      const code = lines.slice(at + 1, end).map((each) => `${each.slice(indentation.length)}\n`);
      blocks.push({ language, text: code.join(""), above });
      at = end;
    } else if (hashes !== undefined && title !== undefined) {
      headings.push({ level: hashes.length, title, line: at });
    } else if (/^\|[-:|]+\|$/.test(lines[at + 1] ?? "")) {
      tables.push({ head: cellsOf(line), rows: [] });
      at += 1;
    } else if (line.startsWith("|")) {
      tables.at(-1)?.rows.push(cellsOf(line));
    }
    if (line !== "") above = line;
  }

  function section(title: string): Page {
    const index = headings.findIndex((each) => each.title === title);
    const found = headings[index];
    if (found === undefined) throw new Error(`the page has no section "${title}"`);
    const next = headings.slice(index + 1).find(({ level }) => level <= found.level);
    return pageOf(lines.slice(found.line + 1, next?.line).join("\n"));
  }
  const code = (language: string) =>
    blocks.filter((each) => each.language === language).map((each) => each.text);
  const prompts = code("console").flatMap(promptsIn);
  const commands = code("sh").flatMap((each) => each.split("\n").filter((line) => line !== ""));
  const rows = tables.flatMap((table) => table.rows);
  return { text, headings, blocks, tables, rows, prompts, section, code, commands };
}

/** GitHub's anchor of a heading. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/**
 * What a page shows, as a pattern for whole lines. `…` stands for anything within a line, and at the end of a JSON string for the
 * whole string: pages abbreviate ids and times.
 */
export function shownPattern(shown: string): RegExp {
  const escaped = shown.replaceAll(/"[^"\n]*…"/g, '"…"').replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("…", ".*?")}$`);
}
