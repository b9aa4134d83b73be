import type { AuditAction, AuditEntry } from "./entry-shape.ts";
import { by, type Names, type Part } from "./parts.ts";
import { partsOf, sentenceOf } from "./words.ts";

/** A row of the list: an entry, or several that belong together and follow each other. */
export interface Row {
  readonly first: AuditEntry;
  /** All of them, the first one too. */
  readonly entries: readonly AuditEntry[];
}

export function rowsOf(entries: readonly AuditEntry[]): readonly Row[] {
  const rows: { first: AuditEntry; entries: AuditEntry[] }[] = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    if (last !== undefined && belongTogether(last.first, entry)) last.entries.push(entry);
    else rows.push({ first: entry, entries: [entry] });
  }
  return rows;
}

function belongTogether(one: AuditEntry, other: AuditEntry): boolean {
  return one.batchId === null ? isSameArrival(one, other) : one.batchId === other.batchId;
}

/** Whether somebody has accepted an invitation and become a member by it. */
function isSameArrival(one: AuditEntry, other: AuditEntry): boolean {
  const actions = [one.action, other.action];
  return (
    one.invitationId !== null &&
    one.invitationId === other.invitationId &&
    actions.includes("invitation-accepted") &&
    actions.includes("membership-created")
  );
}

/**
 * The entries of a row by what they say: they are of one change, and the server has them in the order in which their writes
 * ended, or in none.
 */
export function inOrder({ entries }: Row, names: Names): readonly AuditEntry[] {
  return entries
    .map((entry) => ({ entry, sentence: sentenceOf(entry, names) }))
    .sort((a, b) => compare(a.sentence, b.sentence))
    .map(({ entry }) => entry);
}

const { compare } = new Intl.Collator("en", { numeric: true });

/** What a row says. @param isCut whether more of it may follow that was not loaded */
export function partsOfRow({ first, entries }: Row, isCut: boolean): readonly Part[] {
  if (entries.length === 1) return partsOf(first);
  if (first.batchId === null)
    return partsOf(entries.find(({ action }) => action === "membership-created") ?? first);
  return [by(first), ` ${deedOf(entries, `${entries.length.toLocaleString("en")}${isCut ? "+" : ""}`)}`];
}

type Deed = (count: string, role: string | null) => string;

const DEEDS: Readonly<Partial<Record<AuditAction, Deed>>> = {
  "membership-created": (count) => `added ${count} people`,
  "membership-removed": (count) => `removed ${count} people`,
  "membership-restored": (count) => `restored ${count} people`,
  "role-changed": (count, role) =>
    role === null ? `changed the roles of ${count} people` : `made ${count} people ${role}s`,
  "invitation-sent": (count, role) => `invited ${count} people${role === null ? "" : ` as ${role}s`}`,
  "invitation-resent": (count) => `invited ${count} people again`,
  "invitation-revoked": (count) => `revoked ${count} invitations`,
};

function deedOf(entries: readonly AuditEntry[], count: string): string {
  const actions = new Set(entries.map(({ action }) => action));
  // Who invites many may invite some of them again.
  if (actions.has("invitation-sent")) actions.delete("invitation-resent");
  const roles = new Set(entries.map(({ after }) => after?.role));
  const [[action], [role]] = [[...actions], [...roles]];
  const deed = actions.size === 1 && action !== undefined ? DEEDS[action] : undefined;
  const shared = roles.size === 1 && typeof role === "string" ? role : null;
  return deed?.(count, shared) ?? `made ${count} changes at once`;
}
