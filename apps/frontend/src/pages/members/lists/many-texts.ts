/** "3 people" */
export function people(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}

/** "3 invitations" */
export function invitations(count: number): string {
  return count === 1 ? "1 invitation" : `${count} invitations`;
}

interface Outcome {
  readonly done: number;
  readonly failed: number;
}

/** What is said when a change of many is over. Rows that were not changed say why. */
export function newsOfMany(
  { done, failed }: Outcome,
  news: (count: number) => string,
): { readonly text: string; readonly detail?: string } {
  if (failed === 0) return { text: news(done) };
  const why = failed === 1 ? "Its row says why." : "Their rows say why.";
  if (done === 0) return { text: "Nothing was changed.", detail: why };
  return { text: news(done), detail: `${failed} not changed. ${why}` };
}
