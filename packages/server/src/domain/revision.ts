/** A revision of a stored item. No two writes have the same, so that each one knows its own. */
export function newRevision(): string {
  return crypto.randomUUID();
}
