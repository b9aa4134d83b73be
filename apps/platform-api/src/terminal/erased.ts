/** What an erasure has taken is not there any more; a text that was never there is another matter. */
export function orErased(text: string | null): string {
  return text ?? "(erased)";
}
