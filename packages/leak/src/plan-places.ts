import type { Objection } from "./changes.ts";
import type { Column, Place } from "./model.ts";
import type { Knowledge } from "./plan-output.ts";

const COMPUTED: Objection = {
  rule: "generated",
  text: "The column is generated from others that do not have the subject. Change what it is generated from, or leave it.",
};

/** Places of a row that stay, and why. */
interface Left {
  readonly places: readonly Place[];
  readonly objection: Objection;
}

/** Which places of a row can be planned: somebody knows the subject, and nothing computes it from others. */
export function judgePlaces(
  places: readonly Place[],
  columns: readonly Column[],
  knowledge: Pick<Knowledge, "users">,
): { readonly planned: readonly Place[]; readonly left: readonly Left[] } {
  const generated = new Set(columns.flatMap(({ name, isGenerated }) => (isGenerated ? [name] : [])));
  const own = places.filter(({ column }) => !generated.has(column));
  const known = own.filter((place) => isKnown(place, knowledge));
  const unknown = own.filter((place) => !isKnown(place, knowledge));
  const left: Left[] = [];
  for (const [subject, some] of Map.groupBy(unknown, subjectOf)) {
    const user = knowledge.users.get(subject);
    const why = user !== undefined && user.userId === null ? user.why : "nobody knows it";
    const text = `Whose the subject is, is not known: ${why}. Let the person sign in once, or link the subject, then plan again; or leave the row.`;
    left.push({ places: some, objection: { rule: "unknown-subject", text } });
  }
  const subjects = new Set(own.map(subjectOf));
  const alone = places.filter(({ column, subject }) => generated.has(column) && !subjects.has(subject));
  if (alone.length > 0) left.push({ places: alone, objection: COMPUTED });
  for (const [text = "", some] of Map.groupBy(known, ({ byHand }) => byHand))
    if (text !== "") left.push({ places: some, objection: { rule: "by-hand", text } });
  return { planned: known.filter(({ byHand }) => byHand === undefined), left };
}

export function isKnown({ subject }: Place, { users }: Pick<Knowledge, "users">): boolean {
  return (users.get(subject)?.userId ?? null) !== null;
}

function subjectOf({ subject }: Place): string {
  return subject;
}
