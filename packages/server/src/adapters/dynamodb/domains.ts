import type { DomainStore } from "../../domain/index.ts";
import { itemsOf } from "./table/items.ts";
import { indexKeys, keys } from "./table/keys.ts";
import { DOMAIN, DOMAIN_CLAIM, ORGANIZATION } from "./table/organization-items.ts";
import { type DynamoTable, inOneDeadline } from "./table/table.ts";

export function dynamoDomains(table: DynamoTable): DomainStore {
  const domains = itemsOf(table, DOMAIN);
  const claims = itemsOf(table, DOMAIN_CLAIM);
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
  };
}
