import {
  type AuditEntry,
  auditPosition,
  type OrganizationAudit,
  type OrganizationId,
  personsOf,
  seenByOrganization,
} from "../domain/index.ts";

const ID_DIGITS = 64;

/** The audit of organizations in memory. An entry's id is its number, so that entries of one millisecond keep their order. */
export function memoryOrganizationAudit(entries: readonly AuditEntry[]): OrganizationAudit {
  const ofOrganization = (id: OrganizationId) =>
    entries
      .map((entry, index) => ({ ...entry, id: String(index).padStart(ID_DIGITS, "0") }))
      .filter(({ organizationId }) => organizationId === id)
      .map(seenByOrganization);
  return {
    async read({ organizationId, from, to, after, newestFirst, actor, person, action }) {
      const found = ofOrganization(organizationId).filter((entry) => {
        const at = auditPosition(entry);
        const isNext = after === null || (newestFirst ? at < after : at > after);
        const isAskedFor =
          (actor ?? entry.actor) === entry.actor && (action ?? entry.action) === entry.action;
        const isOfIt = person === null || personsOf(entry).includes(person);
        return at >= from && at <= to && isNext && isAskedFor && isOfIt;
      });
      return [{ entries: found, last: null }];
    },
  };
}
