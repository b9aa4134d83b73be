import { partsOf } from "./parts.ts";
import { wordsOf } from "./text.ts";

const MOST_SENTENCES = 3;

/** Words that every English text has, and that say nothing of its subject. */
const COMMON = new Set(
  "about after all also an and any are as at be because been but by can could did do does for from had has have he her his how if in into is it its just may more most no not of on one only or other our out over she should so some such than that the their them then there these they this to under up was we were what when which while who will with would you your".split(
    " ",
  ),
);

/**
 * A summary by rule, in the document's own words: the three sentences that say most about what the document speaks of
 * most often, in their order. An agent of your own would call a model here.
 */
export function summarize(document: string): string {
  const { headings, paragraphs } = partsOf(document);
  const sentences = (paragraphs.length > 0 ? paragraphs : headings).flatMap(sentencesOf);
  if (sentences.length === 0) return "The document has nothing to summarize.";
  const frequencies = frequenciesIn(sentences);
  return sentences
    .map((sentence, position) => ({ sentence, position, weight: weightOf(sentence, position, frequencies) }))
    .toSorted((a, b) => b.weight - a.weight || a.position - b.position)
    .slice(0, MOST_SENTENCES)
    .toSorted((a, b) => a.position - b.position)
    .map(({ sentence }) => shortened(sentence))
    .join(" ");
}

/** The sentences of a paragraph. An abbreviation such as `e.g.` ends none, because no capital letter follows it. */
function sentencesOf(paragraph: string): string[] {
  return paragraph
    .split(/(?<=[.!?]["”’)]?)\s+(?=["“‘(]?[\p{Lu}\p{N}])/u)
    .filter((each) => wordsOf(each).length > 0);
}

const subjectsOf = (sentence: string) =>
  wordsOf(sentence.toLowerCase()).filter((word) => word.length > 1 && !COMMON.has(word));

function frequenciesIn(sentences: readonly string[]): ReadonlyMap<string, number> {
  const frequencies = new Map<string, number>();
  for (const word of sentences.flatMap(subjectsOf)) frequencies.set(word, (frequencies.get(word) ?? 0) + 1);
  return frequencies;
}

/** How often its words occur in the document, for a word of it. The first sentence usually says what all is about. */
function weightOf(sentence: string, position: number, frequencies: ReadonlyMap<string, number>): number {
  const subjects = subjectsOf(sentence);
  const sum = subjects.reduce((total, word) => total + (frequencies.get(word) ?? 0), 0);
  // Two words must not win only because they are few.
  return (sum / Math.max(subjects.length, 5)) * (position === 0 ? 1.5 : 1);
}

/** Ends after 400 characters, behind a word if it has more than one. */
function shortened(sentence: string): string {
  const [begin = ""] = /^.{1,400}/su.exec(sentence) ?? [];
  return begin === sentence ? sentence : `${begin.replace(/\s\S*$/u, "")} …`;
}
