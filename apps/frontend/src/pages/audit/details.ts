import { exactTime } from "../../design/text/time-ago.tsx";
import { calledText } from "./called.ts";
import { type AuditEntry, userOfActor } from "./entry-shape.ts";
import { type Names, nameOfOther } from "./parts.ts";
import { FIELDS, labelOf } from "./words.ts";

export interface Detail {
  readonly name: string;
  readonly value: string;
  /** Shown as code, with a button that copies it. */
  readonly isId: boolean;
  /** What the value stands for. It is shown first. */
  readonly note?: string;
}

/** All that an entry holds, exactly. */
export function detailsOf(entry: AuditEntry, names: Names): readonly Detail[] {
  const { id, at, actor, via, action, userId, connection, domain, rule, invitationId, batchId } = entry;
  const doneBy = userOfActor(actor);
  return [
    text("Action", labelOf(action)),
    code("Time", at, exactTime(at)),
    doneBy === null
      ? text("Done by", nameOfOther(actor))
      : code("Done by", doneBy, calledText(names.user(doneBy))),
    ...(via === null ? [] : [code("Application", via)]),
    ...(userId === null ? [] : [code("About", userId, calledText(names.user(userId)))]),
    ...changesOf(entry),
    ...(connection === null ? [] : [code("Connection", connection, displayNameOf(connection, names))]),
    ...(domain === null ? [] : [code("Domain", domain)]),
    ...(rule === null ? [] : [text("Rule", rule)]),
    ...(invitationId === null ? [] : invitationOf({ invitationId, doneBy }, names)),
    ...(batchId === null ? [] : [code("Batch ID", batchId)]),
    code("Entry ID", id),
  ];
}

function invitationOf(
  { invitationId, doneBy }: { readonly invitationId: string; readonly doneBy: string | null },
  names: Names,
): readonly Detail[] {
  const inviter = names.inviter(invitationId);
  const isSaid = inviter === null || inviter === doneBy;
  return [
    ...(isSaid ? [] : [code("Invited by", inviter, calledText(names.user(inviter)))]),
    code("Invitation ID", invitationId),
  ];
}

export function changesOf({ before, after }: Pick<AuditEntry, "before" | "after">): readonly Detail[] {
  const earlier: Readonly<Record<string, unknown>> = before ?? {};
  const later: Readonly<Record<string, unknown>> = after ?? {};
  return [...new Set([...Object.keys(earlier), ...Object.keys(later)])].map((field) => {
    const [from, to] = [wordOf(earlier[field]), wordOf(later[field])];
    const value = from === null ? (to ?? "") : `${from} → ${to ?? "none"}`;
    return text(FIELDS[field] ?? field, value);
  });
}

function wordOf(value: unknown): string | null {
  if (value === undefined) return null;
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

function displayNameOf(connection: string, names: Names): string | undefined {
  const name = names.connection(connection);
  return name === connection ? undefined : name;
}

function text(name: string, value: string): Detail {
  return { name, value, isId: false };
}

function code(name: string, value: string, note?: string): Detail {
  return { name, value, isId: true, ...(note !== undefined && { note }) };
}
