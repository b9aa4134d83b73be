import { type AuditAction, canonicalDomain } from "@platform-api/server/wire";
import { organizationProcedure, t } from "./init.ts";
import { claimInput, domainInput, organizationInput } from "./inputs.ts";
import { type Caller, recordChange } from "./organization-router.ts";
import type { Claim, Organization } from "./people.ts";
import type { ProcedureOutput } from "./procedures.ts";
import { Refused } from "./refused.ts";

const MAX_DOMAINS = 50;
const MAX_CLAIMS = 20;
const RESOLVERS = 2;

type View = ProcedureOutput<"org.domains.claim">;

/** Domains as the server proves them, but it also refuses public mail domains, and lets claims expire. */
export const domainsRouter = t.router({
  list: organizationProcedure("admin", organizationInput).query(
    ({ ctx: { organization } }): ProcedureOutput<"org.domains.list"> =>
      namesIn(organization).map((domain) => viewOf(organization, domain)),
  ),

  claim: organizationProcedure("admin", claimInput).mutation(({ ctx, input }): View => {
    const { organization } = ctx;
    const domain = canonicalDomain(input.domain) ?? "";
    if (!isKnown(organization, domain)) {
      const pending = [...organization.claims.keys()].filter((each) => !organization.domains.includes(each));
      if (pending.length >= MAX_CLAIMS || namesIn(organization).length >= MAX_DOMAINS) {
        throw new Refused("LIMIT_REACHED");
      }
      const value = `platform-api-domain=${crypto.randomUUID().replaceAll("-", "")}`;
      organization.claims.set(domain, { domain, value, checkedAt: null, seen: null });
      recordDomain(ctx, "domain-claimed", domain);
    }
    return viewOf(organization, domain);
  }),

  check: organizationProcedure("admin", domainInput).mutation(({ ctx, input }): View => {
    const { organization, txt } = ctx;
    const domain = requireDomain(organization, input.domain);
    const claim = organization.claims.get(domain);
    if (claim !== undefined) {
      const values = txt.get(recordNameOf(domain)) ?? [];
      const isSeen = values.includes(claim.value);
      const checkedAt = new Date().toISOString();
      organization.claims.set(domain, { ...claim, checkedAt, seen: isSeen ? null : values });
      if (isSeen && !organization.domains.includes(domain)) {
        organization.domains = [...organization.domains, domain];
        recordDomain(ctx, "domain-verified", domain);
      }
    }
    return viewOf(organization, domain);
  }),

  release: organizationProcedure("owner", domainInput).mutation(
    ({ ctx, input }): ProcedureOutput<"org.domains.release"> => {
      const { organization } = ctx;
      const domain = canonicalDomain(input.domain);
      if (domain === null || !isKnown(organization, domain)) return {};
      if (isOperators(organization, domain)) throw new Refused("ROLE_REQUIRED");
      const rest = organization.domains.filter((each) => each !== domain);
      if (organization.enforceSso && rest.length === 0) throw new Refused("NOT_READY");
      organization.domains = rest;
      organization.claims.delete(domain);
      recordDomain(ctx, "domain-released", domain);
      return {};
    },
  ),
});

function namesIn({ domains, claims }: Organization): string[] {
  return [...new Set([...domains, ...claims.keys()])].sort();
}

function isKnown({ domains, claims }: Organization, domain: string): boolean {
  return domains.includes(domain) || claims.has(domain);
}

function isOperators({ given }: Organization, domain: string): boolean {
  return given.domains.includes(domain);
}

/** @throws {Refused} NOT_FOUND */
function requireDomain(organization: Organization, text: string): string {
  const domain = canonicalDomain(text);
  if (domain === null || !isKnown(organization, domain)) throw new Refused("NOT_FOUND");
  return domain;
}

function viewOf(organization: Organization, domain: string): View {
  const claim = organization.claims.get(domain);
  if (claim === undefined) {
    return {
      domain,
      state: "verified",
      verifiedBy: "operator",
      record: null,
      found: null,
      checkedAt: null,
      lapsesAt: null,
    };
  }
  const isVerified = organization.domains.includes(domain);
  return {
    domain,
    state: isVerified ? "verified" : "pending",
    verifiedBy: isVerified ? "dns" : null,
    record: { type: "TXT", host: hostOf(domain), name: recordNameOf(domain), value: claim.value },
    found: isVerified ? null : foundOf(claim),
    checkedAt: claim.checkedAt,
    lapsesAt: null,
  };
}

function foundOf({ seen }: Claim): View["found"] {
  if (seen === null) return null;
  const kind = seen.length === 0 ? "nothing" : "wrongValue";
  return { kind, values: seen.slice(0, 5), seenBy: 0, resolvers: RESOLVERS };
}

function recordNameOf(domain: string): string {
  return `_platform-api.${domain}`;
}

/** The mocks have no list of public suffixes: they take the last two labels for the registered domain. */
function hostOf(domain: string): string {
  return recordNameOf(domain).split(".").slice(0, -2).join(".");
}

function recordDomain(caller: Caller, action: AuditAction, domain: string): void {
  recordChange(caller, { action, domain });
}
