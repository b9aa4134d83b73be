import { wordsOf } from "./text.ts";

const HASHES = /^#{1,6}\s+(\S.*)$/;
const UNDERLINE = /^(?:={3,}|-{3,})$/;
/** It begins like a title, and does not end like a sentence. */
const TITLE = /^[\p{Lu}\p{N}].*[^.,;:!?]$/u;
const MOST_WORDS = 8;
const ITEM = /^(?:[-*+•]|\d{1,3}[.)])\s+(\S.*)$/u;

export interface Parts {
  readonly headings: readonly string[];
  /** What stands between the headings. An item of a list is a paragraph of its own. */
  readonly paragraphs: readonly string[];
}

/** Tells headings from text. Headings are lines with `#`, underlined lines, and short lines that stand alone. */
export function partsOf(document: string): Parts {
  const headings: string[] = [];
  const paragraphs: string[] = [];
  for (const block of document.replaceAll(/\r\n?/g, "\n").split(/\n[^\S\n]*\n/)) {
    const lines = block.split("\n").map((line) => line.trim());
    const isAlone = lines.filter((line) => line !== "").length === 1;
    let text: string[] = [];
    for (const [index, line] of [...lines, ""].entries()) {
      const heading = headingOf(line, lines[index + 1], isAlone);
      const [, item] = ITEM.exec(line) ?? [];
      const isBreak = heading !== null || item !== undefined || line === "";
      if (isBreak && text.length > 0) paragraphs.push(text.join(" "));
      if (isBreak) text = [];
      if (heading !== null) headings.push(heading);
      else if (line !== "" && !UNDERLINE.test(line)) text.push(item ?? line);
    }
  }
  return { headings, paragraphs };
}

function headingOf(line: string, next: string | undefined, isAlone: boolean): string | null {
  const [, withHashes] = HASHES.exec(line) ?? [];
  if (withHashes !== undefined) return withHashes;
  if (line === "" || UNDERLINE.test(line) || ITEM.test(line)) return null;
  const isUnderlined = next !== undefined && UNDERLINE.test(next);
  return isUnderlined || (isAlone && TITLE.test(line) && wordsOf(line).length <= MOST_WORDS) ? line : null;
}
