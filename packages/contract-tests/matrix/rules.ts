import {
  connectionOf,
  type Domain,
  domainOf,
  type Login,
  ORGANIZATIONS,
  type Organization,
  organizationOf,
  type Process,
  type Setup,
} from "./vocabulary.ts";

/** "let through": accepted only by report mode. The login is resolved but grants nothing. */
export type Trust = "trusted" | "let through" | "DOMAIN_NOT_ALLOWED" | "EMAIL_UNVERIFIED" | "SSO_REQUIRED";

/** Whether the login's address may be used. */
export function trustOf(setup: Setup, login: Login, process: Process): Trust {
  if (login.address === null) return "DOMAIN_NOT_ALLOWED";
  const verifiers = setup.verifiers[domainOf(login.address)];
  const refused = refusalOf(setup, login, verifiers);
  if (refused === null) return "trusted";
  const lenient = process === "report mode" && verifiers.length === 0 && refused !== "SSO_REQUIRED";
  return lenient ? "let through" : refused;
}

function refusalOf(setup: Setup, login: Login, verifiers: readonly Organization[]) {
  if (connectionOf(login) !== null) {
    const organization = organizationOf(setup, login);
    return organization !== null && verifiers.includes(organization) ? null : "DOMAIN_NOT_ALLOWED";
  }
  if (login.through === "unverified password") return "EMAIL_UNVERIFIED";
  const all = verifiers.length > 0 && verifiers.every((each) => setup.settings[each].enforceSso);
  return all ? "SSO_REQUIRED" : null;
}

/** The organizations to which a trusted address is proven. */
export function provenTo(setup: Setup, login: Login): readonly Organization[] {
  const organization = organizationOf(setup, login);
  if (isProvenToAll(setup, login)) return ORGANIZATIONS;
  return organization === null ? [] : [organization];
}

function isProvenToAll(setup: Setup, login: Login): boolean {
  if (connectionOf(login) === null) return true;
  const organization = organizationOf(setup, login);
  if (login.address === null || organization === null) return false;
  const verifiers = setup.verifiers[domainOf(login.address)];
  return verifiers.every((each) => each === organization || trusts(setup, each, organization));
}

function trusts(setup: Setup, who: Organization, whom: Organization): boolean {
  return setup.settings[who].trusts.includes(whom);
}

export interface Inside {
  readonly organization: Organization;
  readonly domain: Domain;
}

/** The organizations that count inside. */
function holders({ verifiers }: Setup, inside: readonly Inside[]): readonly Organization[] {
  return inside.flatMap(({ organization, domain }) =>
    verifiers[domain].includes(organization) ? organization : [],
  );
}

/** The logins that may speak for a user. */
export interface Speakers {
  readonly by: "mailbox" | Organization | null;
  readonly sso: Organization | null;
  /** An organization counts while it still has the domain. */
  readonly inside: readonly Inside[];
  /** An operator or report mode accepted the user, and the contract does not say more about them. */
  readonly open: boolean;
  /** The organization that an operator allowed last: from then on only its SSO speaks for the user. */
  readonly allowed: Organization | null;
}

export type Verdict = "yes" | "no" | "maybe";

export interface FirstLink {
  readonly login: Login;
  readonly trust: Trust;
  /** Whether this login created the directory's user. */
  readonly created: boolean;
  /** A relink window on the connection for users of this organization. */
  readonly windowFrom: Organization | null;
}

/** Whether a first link is created, and the speakers stored with it. */
export function firstLink(setup: Setup, stored: Speakers | null, link: FirstLink): [Verdict, Speakers] {
  const { login, trust } = link;
  const organization = organizationOf(setup, login);
  const isSso = connectionOf(login) !== null;
  const toAll = isProvenToAll(setup, login);
  const next: Speakers = {
    by: stored === null ? (toAll ? "mailbox" : organization) : stored.by,
    sso: isSso ? organization : (stored?.sso ?? null),
    inside: stored?.inside ?? [],
    open: stored?.open ?? false,
    allowed: stored?.allowed ?? null,
  };
  const open = { ...next, open: true };
  if (stored?.open) {
    const must = organization !== null && stored.allowed === organization && trust === "trusted";
    return [must ? "yes" : "maybe", open];
  }
  if (trust !== "trusted") return [stored === null ? "yes" : "maybe", open];
  const strict = mayLink(setup, stored, { ...link, organization, isSso, toAll });
  // A merger is about the people of the other organization, whatever domains it has now.
  const merges =
    link.windowFrom !== null && stored !== null && speaks(stored, link.windowFrom, membersOf(stored));
  return strict || !merges ? [strict ? "yes" : "no", next] : ["maybe", open];
}

interface Claim extends FirstLink {
  readonly organization: Organization | null;
  readonly isSso: boolean;
  readonly toAll: boolean;
}

function mayLink(setup: Setup, stored: Speakers | null, claim: Claim): boolean {
  const { organization, created } = claim;
  const { by, sso, inside } = stored ?? { by: null, sso: null, inside: [] };
  if (claim.toAll && by !== null && by !== "mailbox" && by !== organization) return false;
  if (!claim.isSso) return true;
  if (organization === null) return false;
  if (sso !== null && sso !== organization) return false;
  const counted = holders(setup, inside);
  if (!counted.every((each) => each === organization || trusts(setup, each, organization))) return false;
  if (claim.toAll) return true;
  const isNew = created && stored === null;
  return isNew || (stored !== null && speaks(stored, organization, counted));
}

function membersOf({ inside }: Speakers): readonly Organization[] {
  return inside.map(({ organization }) => organization);
}

function speaks({ by, sso }: Speakers, organization: Organization, inside: readonly Organization[]): boolean {
  return by === organization || sso === organization || inside.includes(organization);
}

/** Whether a membership by an address of the organization's own domain is created. */
export function mayBeInside(setup: Setup, stored: Speakers | null, organization: Organization): Verdict {
  if (stored?.open) return "maybe";
  const sso = stored?.sso ?? null;
  return sso === null || sso === organization || trusts(setup, organization, sso) ? "yes" : "no";
}
