import type { NewRun } from "./runs-client.ts";

/** What the user enters for a new run. */
export interface Draft {
  readonly title: string;
  readonly document: string;
  /** Whether a step shall fail once. */
  readonly isFailing: boolean;
}

export const EMPTY_DRAFT: Draft = { title: "", document: "", isFailing: false };

const MAX_TITLE_LENGTH = 200;
const MAX_DOCUMENT_LENGTH = 20_000;
const VISIBLE = /[^\p{C}\p{Z}]/u;

/** What keeps a draft from being started, for each field. */
export interface DraftProblems {
  readonly title: string | null;
  readonly document: string | null;
}

export const NO_PROBLEMS: DraftProblems = { title: null, document: null };

export function problemsOf({ title, document }: Draft): DraftProblems {
  return {
    title: VISIBLE.test(title)
      ? lengthProblem("title", title.trim(), MAX_TITLE_LENGTH)
      : "Give the run a title.",
    document: VISIBLE.test(document)
      ? lengthProblem("document", document, MAX_DOCUMENT_LENGTH)
      : "Paste a document, or use the example.",
  };
}

function lengthProblem(name: string, { length }: string, limit: number): string | null {
  if (length <= limit) return null;
  const [has, most] = [length, limit].map((count) => count.toLocaleString("en"));
  return `Shorten the ${name} to ${most} characters. It has ${has}.`;
}

export function runOf({ title, document, isFailing }: Draft, id: string): NewRun {
  return { id, title: title.trim(), document, ...(isFailing && { failing: true as const }) };
}

/** Whether starting the draft would ask for the same as the run. */
export function isSameDraft(draft: Draft, { title, document, failing }: NewRun): boolean {
  const isFailing = failing === true;
  return draft.title.trim() === title && draft.document === document && draft.isFailing === isFailing;
}
