import { MAILBOX, type Speakers } from "@platform-api/server/domain";

/** Who may speak for a user, in words. */
export function describeSpeakers({
  by,
  sso,
  inside,
  erasedAt,
}: Pick<Speakers, "by" | "sso" | "inside" | "erasedAt">): string {
  const parts: string[] = [];
  if (erasedAt !== null) parts.push("nobody any more, because the user was erased");
  if (by === MAILBOX) parts.push("the first login proved the address to all organizations");
  else if (by !== null) parts.push(`the first login came through the SSO of ${by}`);
  if (sso !== null) parts.push(`the SSO of ${sso} speaks for them`);
  const places = inside.map(({ organizationId, domain }) => `${organizationId} (${domain})`);
  if (places.length > 0) parts.push(`member through a verified domain of: ${places.join(", ")}`);
  return parts.join("; ") || "no organization speaks for this user yet";
}
