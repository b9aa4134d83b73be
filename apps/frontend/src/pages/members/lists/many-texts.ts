/** "3 people" */
export function people(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}

/** "3 invitations" */
export function invitations(count: number): string {
  return count === 1 ? "1 invitation" : `${count} invitations`;
}

/** How many there are of each kind: "2 are already members, 1 is not an e-mail address". */
export function countsOf<Kind>(kinds: readonly Kind[], text: (kind: Kind, count: number) => string): string {
  return [...Map.groupBy(kinds, (kind) => kind)].map(([kind, { length }]) => text(kind, length)).join(", ");
}
