import {
  type Change,
  type Connection,
  DOMAINS,
  type Domain,
  lastOwnerOf,
  type Organization,
  OWN_CONNECTION,
  other,
  registeredFor,
  type Settings,
  type Setup,
} from "./vocabulary.ts";

/** What the command line does with a changed organizations file. */
type Declaration = Extract<
  Change,
  { does: "verify" | "release" | "pass on" | "register" | "take away" | "jit" | "enforce" | "trust" }
>;

/** Applies a change of what organizations are and have, by an operator or by themselves. */
export function changedSetup(setup: Setup, change: Change): Setup {
  switch (change.does) {
    case "claim":
      return setup;
    case "prove":
      // What an operator has verified stays the operator's.
      return setup.verifiers[change.domain].includes(change.organization)
        ? setup
        : withDomain(setup, change, { isTrusted: true });
    case "lapse":
      return setup.proven[change.domain].includes(change.organization)
        ? withDomain(setup, change, { isTrusted: false })
        : setup;
    case "give up":
      return withDomain(setup, change, { isTrusted: false });
    case "begin":
      return applied({ ...setup, own: "pending" });
    case "finish":
      return setup.own === "pending"
        ? { ...withConnection(setup, OWN_CONNECTION, "x"), own: "enabled" }
        : setup;
    case "remove connection": {
      const switchedOff = { ...setup.switchedOff, [OWN_CONNECTION]: null };
      const removed = { ...setup.removed, [OWN_CONNECTION]: "x" as const };
      return { ...withConnection(setup, OWN_CONNECTION, null), switchedOff, removed, own: "removed" };
    }
    case "switch off":
    case "switch on": {
      const { connection } = change;
      const organization = registeredFor(setup, connection);
      const isOn = change.does === "switch on";
      const switchedOff = { ...setup.switchedOff, [connection]: isOn ? null : organization };
      return { ...withConnection(setup, connection, isOn ? organization : null), switchedOff };
    }
    case "verify":
    case "release":
    case "pass on":
    case "register":
    case "take away":
    case "jit":
    case "enforce":
    case "trust":
      return applied(declared(setup, change));
    default:
      return setup;
  }
}

/** Applies the organizations file: a domain that it names is verified, unless the organization itself has verified it. */
export function applied(setup: Setup): Setup {
  const trusted = (domain: Domain) => sorted([...setup.declared[domain], ...setup.proven[domain]]);
  const [shared, outside] = DOMAINS.map(trusted);
  return { ...setup, verifiers: { shared: shared ?? [], outside: outside ?? [] } };
}

/** The organizations file with a change. */
function declared(setup: Setup, change: Declaration): Setup {
  const declare = (domain: Domain, organizations: readonly Organization[]): Setup => ({
    ...setup,
    declared: { ...setup.declared, [domain]: sorted(organizations) },
  });
  const set = (organization: Organization, settings: Partial<Settings>): Setup => ({
    ...setup,
    settings: { ...setup.settings, [organization]: { ...setup.settings[organization], ...settings } },
  });
  switch (change.does) {
    case "verify":
      return declare(change.domain, [...setup.declared[change.domain], change.organization]);
    case "release":
      return declare(change.domain, without(setup.declared[change.domain], change.organization));
    case "pass on":
      return declare(change.domain, [change.to]);
    case "register":
      return {
        ...withConnection(setup, change.connection, change.organization),
        removed: { ...setup.removed, [change.connection]: null },
      };
    case "take away":
      return {
        ...withConnection(setup, change.connection, null),
        removed: { ...setup.removed, [change.connection]: lastOwnerOf(setup, change.connection) },
      };
    case "jit":
      return set(change.organization, { jit: change.on });
    case "enforce":
      return set(change.organization, { enforceSso: change.on });
    case "trust":
      return set(change.organization, { trusts: change.on ? [other(change.organization)] : [] });
  }
}

/** A domain that the organization itself has verified, or that is not trusted any more. */
function withDomain(
  { verifiers, proven, ...setup }: Setup,
  { organization, domain }: { readonly organization: Organization; readonly domain: Domain },
  { isTrusted }: { readonly isTrusted: boolean },
): Setup {
  const change = (all: Setup["verifiers"]) => ({
    ...all,
    [domain]: isTrusted ? sorted([...all[domain], organization]) : without(all[domain], organization),
  });
  return { ...setup, verifiers: change(verifiers), proven: change(proven) };
}

function withConnection(setup: Setup, connection: Connection, organization: Organization | null): Setup {
  return { ...setup, connections: { ...setup.connections, [connection]: organization } };
}

function sorted(organizations: readonly Organization[]): readonly Organization[] {
  return [...new Set(organizations)].sort();
}

function without(organizations: readonly Organization[], one: Organization): readonly Organization[] {
  return organizations.filter((each) => each !== one);
}
