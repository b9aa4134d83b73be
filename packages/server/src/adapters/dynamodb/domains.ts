import type { DomainStore } from "../../domain/index.ts";
import { ABSENT, unchanged } from "./table/expression.ts";
import { itemsOf } from "./table/items.ts";
import { indexKeys, keys } from "./table/keys.ts";
import { DOMAIN, DOMAIN_CLAIM, DOMAIN_LEDGER, ORGANIZATION } from "./table/organization-items.ts";
import { type DynamoTable, inOneDeadline } from "./table/table.ts";

export function dynamoDomains(table: DynamoTable): DomainStore {
  const domains = itemsOf(table, DOMAIN);
  const claims = itemsOf(table, DOMAIN_CLAIM);
  const ledgers = itemsOf(table, DOMAIN_LEDGER);
  const organizations = itemsOf(table, ORGANIZATION);

  return {
    find: (id, name, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const [domain, claim] = await Promise.all([
          domains.get(keys.domain(name, id), deadline),
          claims.get(keys.domainClaim(name, id), deadline),
        ]);
        return { domain, claim };
      }),

    list: (id, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const [verified, claimed] = await Promise.all([
          domains.listIndexed(indexKeys.domain(id), deadline),
          claims.listIndexed(indexKeys.domainClaim(id), deadline),
        ]);
        return { domains: verified, claims: claimed };
      }),

    async *listVerifiedByDns(signal) {
      for (const { id } of await organizations.listIndexed(indexKeys.organization(), signal)) {
        const verified = await domains.listIndexed(indexKeys.domain(id), signal);
        yield* verified.filter(({ verifiedBy }) => verifiedBy === "dns");
      }
    },

    replaceDomain: (next, present, signal) => domains.put(next, unchanged(next.rev, present), signal),
    async deleteDomain({ domain, organizationId, rev }, signal) {
      const isSame = { expression: `${ABSENT.expression} OR #rev = :rev`, values: { ":rev": rev } };
      return domains.delete(keys.domain(domain, organizationId), isSame, signal);
    },
    replaceClaim: (next, present, signal) => claims.put(next, unchanged(next.rev, present), signal),

    findLedger: async (organizationId, signal) =>
      (await ledgers.get(keys.domainLedger(organizationId), signal)) ?? {
        organizationId,
        claims: {},
        domains: [],
        rev: null,
      },
    replaceLedger: (next, present, signal) =>
      ledgers.put(next, unchanged(next.rev, present === null ? null : { rev: present }), signal),
  };
}
