import { brand } from "../../app/config/brand.ts";
import type { Domain } from "../../organization/trusted-domains.ts";
import type { Obstacle } from "./progress.ts";

/** "a", "a and b", "a, b and c", "a, b and 3 more". */
export function listed(names: readonly string[], most = 3): string {
  const shown = names.length > most ? names.slice(0, most - 1) : names;
  const rest = names.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

export function atDomains(domains: readonly Pick<Domain, "domain">[]): string {
  return listed(domains.map(({ domain }) => `@${domain}`));
}

/** As many exempt people are named. */
const MOST_NAMED = 3;

/** Who stays exempt, by address. */
export interface Outside {
  readonly emails: readonly string[];
  /** Whether there may be more than were counted. */
  readonly isAtLeast: boolean;
}

export function outsideText(outside: Outside | null): string {
  if (outside === null || (outside.emails.length === 0 && outside.isAtLeast)) {
    return "People who were invited from outside stay exempt.";
  }
  const { emails, isAtLeast } = outside;
  const count = emails.length;
  if (count === 0) return "Nobody from outside is a member, so it applies to everyone.";
  if (count <= MOST_NAMED && !isAtLeast) return `${listed(emails)} ${count === 1 ? "stays" : "stay"} exempt.`;
  const who = count === 1 ? "1 person outside stays" : `${count} people outside stay`;
  return `${isAtLeast ? "At least " : ""}${who} exempt.`;
}

/** Why the button is disabled. */
export function obstacleText(obstacle: Obstacle, domains: readonly Pick<Domain, "domain">[]): string {
  switch (obstacle.kind) {
    case "locked":
      return `Set by ${brand().name}. Ask support to change it.`;
    case "role":
      return "Only owners can require single sign-on.";
    case "domain":
      return "Verify a domain first.";
    case "record":
      return `The DNS record of ${listed(domains.map(({ domain }) => domain))} is missing. Put it back first.`;
    case "noConnection":
      return "Connect your identity provider first.";
    case "test":
      return `Test ${obstacle.connection.displayName} first. A test counts for 7 days.`;
    case "signIn":
      return `Sign in through ${obstacle.connection.displayName} once, then require it.`;
    case "outsider":
      return `Your address is outside the organization’s domains. An owner at ${atDomains(domains)} has to sign in with single sign-on and require it.`;
  }
}
