/** A file that the app has made. */
export interface MadeFile {
  readonly name: string;
  /** Such as `text/csv`. */
  readonly type: string;
  readonly lines: readonly string[];
}

/** Longer ones are cut off. */
const MOST_CHARACTERS = 60;

/**
 * Such as `acme-members-admins-2026-12-01T07-11-02Z.csv`: what it is about, then when it was made, in UTC. Parts may be
 * whatever users have typed.
 */
export function fileName(parts: readonly string[], extension: string, now: Date): string {
  const at = `${now.toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
  return `${[...parts.map(plain).filter(Boolean), at].join("-")}.${extension}`;
}

/** Letters and digits of any script, and what file names have between them. */
function plain(text: string): string {
  return text
    .replaceAll(/[^\p{L}\p{M}\p{N}_.@-]+/gu, "-")
    .slice(0, MOST_CHARACTERS)
    .replaceAll(/^[.-]+|[.-]+$/g, "");
}

/** Hands a file to the browser's downloads. */
export function download({ name, type, lines }: MadeFile): void {
  const url = URL.createObjectURL(new Blob([...lines], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the file after this task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
