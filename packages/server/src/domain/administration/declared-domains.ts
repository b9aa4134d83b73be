import type { DomainName } from "../email.ts";
import { declaredDomain, type OrganizationId } from "../organization.ts";
import { type Decision, storing, transact } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import { type ListedDomain, readListed, relisted, withDomain, withoutDomain } from "./domain-lists.ts";
import type { Making } from "./organization-step.ts";

interface About {
  readonly organizationId: OrganizationId;
  readonly domain: DomainName;
}

/** Verifies a domain for an operator. One that the organization has verified already stays as it is. */
export function declareDomain(
  about: About,
  { at, audit }: Making,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<boolean> {
  const declaring = {
    read: () => readListed(about, ports, signal),
    decide({ organization, verified }: ListedDomain): Decision<boolean> {
      if (verified !== null) return { changes: null, result: true };
      const next = declaredDomain({ ...about, verifiedAt: at });
      const { domains } = withDomain(organization, about.domain);
      return storing(
        [{ item: "domain", next, present: null }, relisted(organization, { domains })],
        audit,
        true,
      );
    },
  };
  return transact(declaring, ports.transactions, signal);
}

/** Ends what an operator has verified. What the organization itself has claimed of the domain stays, and is counted. */
export function withdrawDomain(
  about: About,
  { audit }: Making,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<boolean> {
  const withdrawing = {
    read: () => readListed(about, ports, signal),
    decide({ organization, verified, claim }: ListedDomain): Decision<boolean> {
      if (verified?.verifiedBy !== "operator") return { changes: null, result: true };
      const { domains } = withoutDomain(organization, about.domain);
      const lists = relisted(organization, claim?.state === "lapsed" ? {} : { domains });
      return storing([{ item: "domain", next: null, present: verified }, lists], audit, true);
    },
  };
  return transact(withdrawing, ports.transactions, signal);
}
