import { counted, linesOf, wordsOf } from "./text.ts";

/** How many words of English people read in a minute. */
const WORDS_PER_MINUTE = 200;

/** How long the document is, and how long it takes to read it. */
export function read(document: string): string {
  const words = wordsOf(document).length;
  const minutes = Math.round(words / WORDS_PER_MINUTE);
  const time = minutes < 1 ? "less than a minute" : `about ${counted(minutes, "minute")}`;
  return `${counted(words, "word")} on ${counted(linesOf(document).length, "line")}, ${time} to read.`;
}
