import { LeakProblem } from "../model.ts";
import { nameOf, type PrimaryKey, type Relation } from "./catalog-queries.ts";

/** Tables that are left out, each with its schema: `public.runs`, or quoted as in SQL. */
export interface Skip {
  readonly tables: readonly string[];
  /** Where a plan has left them out, one may be gone since. */
  readonly mustExist: boolean;
}

/**
 * The tables that are left out. A partitioned one is left out with its partitions.
 * @throws {LeakProblem} a name of nothing, or of several tables
 */
export function skippedOf(relations: readonly Relation[], { tables, mustExist }: Skip): Relation[] {
  const known = relations.filter(({ kind }) => kind === "r" || kind === "p");
  return tables.flatMap((text) => {
    const found = known.filter((one) => text === nameOf(one) || text === `${one.schema}.${one.name}`);
    if (found.length > 1)
      throw new LeakProblem(`--skip: ${text} is ${namesOf(found, " or ")}: quote it as here`);
    if (found.length === 0 && mustExist) {
      const alike = known.filter(({ name }) => name === text);
      const cure =
        alike.length === 0
          ? "name it with its schema, such as public.runs, in upper and lower case as it was made"
          : `name it with its schema: ${namesOf(alike, " or ")}`;
      throw new LeakProblem(`--skip: there is no table ${text} in this database: ${cure}`);
    }
    return found;
  });
}

/** @throws {LeakProblem} a partition cannot be left out of a table that is read as a whole */
export function refuseParts(
  skipped: readonly Relation[],
  walked: readonly Relation[],
  relations: readonly Relation[],
): void {
  const byOid = new Map(relations.map((relation) => [relation.oid, relation]));
  for (const part of skipped) {
    for (let above = byOid.get(part.partitionOf ?? ""); above; above = byOid.get(above.partitionOf ?? "")) {
      if (walked.includes(above))
        throw new LeakProblem(
          `--skip: ${nameOf(part)} is a partition of ${nameOf(above)}, which is read as a whole: leave all of it out, or nothing`,
        );
    }
  }
}

function namesOf(relations: readonly Relation[], between: string): string {
  return relations.map(nameOf).join(between);
}

/**
 * Partitions are walked through their root, once. Where it has no primary key and they have, or where one of them is
 * a foreign table, they are walked instead of it.
 */
export function walkedRelations(
  relations: readonly Relation[],
  keys: ReadonlyMap<string, PrimaryKey>,
  isChosen: (relation: Relation) => boolean,
  skipped: readonly Relation[],
): Relation[] {
  const partitions = Map.groupBy(relations, ({ partitionOf }) => partitionOf);
  const below = ({ oid }: Relation): Relation[] =>
    (partitions.get(oid) ?? []).flatMap((partition) => [partition, ...below(partition)]);
  const byOid = new Map(relations.map((relation) => [relation.oid, relation]));
  const isBelowChosen = ({ partitionOf }: Relation): boolean => {
    const root = byOid.get(partitionOf ?? "");
    return root !== undefined && (isChosen(root) || isBelowChosen(root));
  };
  const walkedOf = (relation: Relation): Relation[] => {
    if (skipped.includes(relation)) return [];
    if (relation.kind === "r") return [relation];
    if (relation.kind !== "p") return [];
    const parts = below(relation);
    const isWhole = keys.has(relation.oid) || !parts.some(({ oid }) => keys.has(oid));
    if (isWhole && !parts.some(({ kind }) => kind === "f")) return [relation];
    return (partitions.get(relation.oid) ?? []).flatMap(walkedOf);
  };
  return relations.filter((relation) => isChosen(relation) && !isBelowChosen(relation)).flatMap(walkedOf);
}
