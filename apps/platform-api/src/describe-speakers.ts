import { MAILBOX, type Speakers } from "@platform-api/server/domain";

/** Who may speak for a user, in words. */
export function describeSpeakers({ by, sso, inside }: Omit<Speakers, "userId">): string {
  const first =
    by === null
      ? []
      : [by === MAILBOX ? "first came with an address proven to everyone" : `first came by the SSO of ${by}`];
  const through = sso === null ? [] : [`the SSO of ${sso} speaks for them`];
  const member = inside.length === 0 ? [] : [`member by an address of its own domain: ${inside.join(", ")}`];
  return [...first, ...through, ...member].join("; ") || "no organization speaks for this user yet";
}
