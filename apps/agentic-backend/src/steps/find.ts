import { partsOf } from "./parts.ts";
import { counted } from "./text.ts";

const MONTH =
  "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\.?";
const DAY = "\\d{1,2}(?:st|nd|rd|th)?";

/** As people write them: 2026-11-25, 25.11.2026, 11/25/2026, 25 November 2026, Nov 25, 2026, November 2026. */
const DATES = new RegExp(
  [
    "\\b\\d{4}-\\d{2}-\\d{2}\\b",
    "\\b\\d{1,2}[./]\\d{1,2}[./]\\d{4}\\b",
    `\\b${DAY} (?:of )?${MONTH}(?:,? \\d{4}\\b|(?![a-z]))`,
    `\\b${MONTH} ${DAY}\\b(?:,? \\d{4}\\b)?`,
    `\\b${MONTH} \\d{4}\\b`,
  ].join("|"),
  "g",
);

/** A number with what makes it an amount: the currency before it; the percent sign, factor, currency or word behind it. */
const NUMBERS =
  /(?<![\p{L}\p{N}.,_-])(?:[€$£¥] ?|(?:EUR|USD|GBP|CHF) )?\d+(?:[.,]\d+)*(?: ?%| (?:thousand|million|billion)\b)?(?: ?€| (?:EUR|USD|GBP|CHF)\b)?(?![\p{L}\p{N}_-])(?: (?<word>\p{Ll}[\p{Ll}-]+))?/gu;

/** Words behind a number that are no unit of it. */
const NO_UNIT = new Set(
  "a an and are as at before but by for from had has have he if in into is it less more of on or per she since so than that the then they this to until was we were when where which while who will with".split(
    " ",
  ),
);

/** How many of each are listed. */
const MOST = 12;

/** The headings, dates and numbers of the document, each as it is written there, in their order and once. */
export function find(document: string): string {
  // The numbers of headings and of items count nothing.
  const text = document.replaceAll(/^[ \t]*(?:#{1,6}|\d{1,3}[.)])[ \t]+/gm, "").replaceAll(/[^\S\n]+/g, " ");
  const numbers = [...text.replaceAll(DATES, "\n").matchAll(NUMBERS)].map(([number, ...rest]) => {
    const word = rest.findLast((group) => typeof group === "string");
    return word !== undefined && NO_UNIT.has(word) ? number.slice(0, -word.length - 1) : number;
  });
  return [
    listed("heading", partsOf(document).headings),
    listed("date", text.match(DATES) ?? []),
    listed("number", numbers),
  ].join("\n");
}

function listed(kind: string, all: readonly string[]): string {
  const found = [...new Set(all)];
  if (found.length === 0) return `No ${kind}s.`;
  const more = found.length - MOST;
  const shown = found.slice(0, MOST).join("; ");
  return `${counted(found.length, kind)}: ${shown}${more > 0 ? `; and ${more} more` : ""}.`;
}
