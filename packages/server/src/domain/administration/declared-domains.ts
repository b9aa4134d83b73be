import { declaredDomain } from "../organization.ts";
import { storing } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import { type DomainKey, readListed, relisted, withDomain, withoutDomain } from "./domain-lists.ts";
import { type Make, makeBy } from "./organization-step.ts";

/** Verifies a domain for an operator. One that the organization has verified already stays as it is. */
export function declareDomain(about: DomainKey, ports: OrganizationStores): Make {
  return makeBy(
    (signal) => readListed(about, ports, signal),
    ({ organization, verified }, { at, audit }) => {
      if (verified !== null) return { changes: null, result: true };
      const next = declaredDomain({ ...about, verifiedAt: at });
      const { domains } = withDomain(organization, about.domain);
      return storing(
        [{ item: "domain", next, present: null }, relisted(organization, { domains })],
        audit,
        true,
      );
    },
    ports,
  );
}

/** Ends what an operator has verified. What the organization itself has claimed of the domain stays, and is counted. */
export function withdrawDomain(about: DomainKey, ports: OrganizationStores): Make {
  return makeBy(
    (signal) => readListed(about, ports, signal),
    ({ organization, verified, claim }, { audit }) => {
      if (verified?.verifiedBy !== "operator") return { changes: null, result: true };
      const { domains } = withoutDomain(organization, about.domain);
      const lists = relisted(organization, claim?.state === "lapsed" ? {} : { domains });
      return storing([{ item: "domain", next: null, present: verified }, lists], audit, true);
    },
    ports,
  );
}
