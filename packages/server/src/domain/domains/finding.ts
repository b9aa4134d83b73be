import { type Found, recordNameOf, recordValueOf } from "../domain-proof.ts";
import type { DomainName } from "../email.ts";
import type { DomainPorts, TxtAnswer } from "./claim.ts";

const MAX_VALUES = 5;
const MAX_VALUE_LENGTH = 200;

/** What the resolvers say about the record's name and about the two names where it often ends up by mistake. */
export interface RecordAnswers {
  readonly record: readonly TxtAnswer[];
  readonly apex: readonly TxtAnswer[];
  /** The record's name with the registrable domain appended once more, as providers do that expect a relative name. */
  readonly doubled: readonly TxtAnswer[];
}

/** What a look at the record of a domain came to. */
export interface Finding {
  /** Whether every resolver sees the record. */
  readonly isSeen: boolean;
  /** Whether every resolver has answered, and none with the record. What failed says nothing. */
  readonly isMissing: boolean;
  readonly hasFailed: boolean;
  /** Null where every resolver sees the record. */
  readonly found: Found | null;
}

/** Looks for the record with this token. All names are asked for at the same time. */
export async function lookForRecord(
  domain: DomainName,
  token: string,
  { dns, domainNames, recordLabel }: Pick<DomainPorts, "dns" | "domainNames" | "recordLabel">,
  signal: AbortSignal,
): Promise<Finding> {
  const [name, usual] = [recordNameOf(domain, recordLabel), recordNameOf(domain)];
  const names = [name, domain, `${name}.${domainNames.registrable(domain)}`];
  const [record = [], apex = [], doubled = [], usually = record] = await Promise.all(
    [...names, ...(usual === name ? [] : [usual])].map((each) => dns.txt(each, signal)),
  );
  const expected = recordValueOf({ token });
  const either = record.map((answer, at) => eitherOf(answer, usually[at] ?? answer, expected));
  return findingOf({ record: either, apex, doubled }, expected);
}

/** The answer about two names where the record may be. It is missing only where it is at neither. */
function eitherOf(answer: TxtAnswer, other: TxtAnswer, expected: string): TxtAnswer {
  const both = [answer, other];
  const seen = both.find((each) => valuesOf(each).includes(expected));
  return seen ?? both.find(({ kind }) => kind === "failed") ?? answer;
}

/** @param expected the value of the record */
export function findingOf({ record, apex, doubled }: RecordAnswers, expected: string): Finding {
  const has = (answer: TxtAnswer) => valuesOf(answer).includes(expected);
  const resolvers = record.length;
  const seenBy = record.filter(has).length;
  const hasFailed = record.some(({ kind }) => kind === "failed");
  if (seenBy === resolvers && resolvers > 0)
    return { isSeen: true, isMissing: false, hasFailed, found: null };
  const values = shown(record.flatMap(valuesOf), expected);
  const isMissing = seenBy === 0 && !hasFailed && resolvers > 0;
  // Our own value, wherever it is, says more than the values of others.
  const kinds: readonly (readonly [Found["kind"], boolean])[] = [
    ["oneResolver", seenBy > 0],
    ["atApex", apex.some(has)],
    ["doubledDomain", doubled.some(has)],
    ["wrongValue", values.length > 0],
    ["unreachable", hasFailed],
  ];
  const [kind] = kinds.find(([, isIt]) => isIt) ?? ["nothing" as const];
  return { isSeen: false, isMissing, hasFailed, found: { kind, values, seenBy, resolvers } };
}

function valuesOf(answer: TxtAnswer): readonly string[] {
  return answer.kind === "values" ? answer.values : [];
}

/** The most telling values: those that look like ours come first. */
function shown(values: readonly string[], expected: string): string[] {
  const [label = ""] = expected.split("=");
  const isOther = (value: string) => Number(!value.includes(label));
  const sorted = [...new Set(values)].sort((a, b) => isOther(a) - isOther(b));
  return sorted.slice(0, MAX_VALUES).map(cut);
}

/** By whole characters: half of one cannot be stored. */
function cut(value: string): string {
  const characters = [...value.toWellFormed()];
  if (characters.length <= MAX_VALUE_LENGTH) return characters.join("");
  return `${characters.slice(0, MAX_VALUE_LENGTH).join("")}…`;
}
