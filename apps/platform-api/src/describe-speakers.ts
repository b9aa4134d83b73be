import { MAILBOX, type Speakers } from "@platform-api/server/domain";

/** Who may speak for a user, in words. */
export function describeSpeakers({ by, sso, inside }: Omit<Speakers, "userId">): string {
  const first =
    by === null
      ? []
      : [
          by === MAILBOX
            ? "the first login proved the address to all organizations"
            : `the first login came through the SSO of ${by}`,
        ];
  const through = sso === null ? [] : [`the SSO of ${sso} speaks for them`];
  const member = inside.length === 0 ? [] : [`member through a verified domain of: ${inside.join(", ")}`];
  return [...first, ...through, ...member].join("; ") || "no organization speaks for this user yet";
}
