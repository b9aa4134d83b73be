import type { AuditEntry, AuditValues } from "@platform-api/server/domain";

/** What an entry says was done, in one cell: the action, its domain, and what it changed. */
export function describeAction({
  action,
  domain,
  before,
  after,
}: Pick<AuditEntry, "action" | "domain" | "before" | "after">): string {
  const changes = [...fieldsOf(before).keys(), ...fieldsOf(after).keys()].map((field) => {
    return `${field}: ${fieldsOf(before).get(field) ?? "–"} → ${fieldsOf(after).get(field) ?? "–"}`;
  });
  const change = changes.length === 0 ? null : `(${[...new Set(changes)].join(", ")})`;
  return [action, domain, change].filter((part) => part !== null).join(" ");
}

function fieldsOf(values: AuditValues | null): ReadonlyMap<string, string> {
  const known = Object.entries(values ?? {}).filter(([, value]) => value !== null);
  return new Map(known.map(([field, value]) => [field, String(value)]));
}
