import { Refusal } from "../refusal.ts";
import type { IdentityLink, StoredLinks } from "./identity-link.ts";
import type { Identity } from "./resolve-identity.ts";

/** What a user may know of how their sign-in is linked to their UUID. */
export type OwnLink = Pick<IdentityLink, "rule" | "connection" | "linkedAt">;

/**
 * The link of the caller's own subject, as it is stored.
 * @throws {Refusal} NOT_FOUND for a legacy token, whose subject is the UUID, and for a link that has just been moved;
 * STORE_UNAVAILABLE
 */
export async function linkOf(
  { source, userId, claims: { tenant, subject } }: Pick<Identity, "source" | "userId" | "claims">,
  { storedLinks }: { readonly storedLinks: Pick<StoredLinks, "find"> },
  signal: AbortSignal,
): Promise<OwnLink> {
  const link = source === "platform" ? null : await storedLinks.find({ tenant, subject }, signal);
  if (link?.userId !== userId)
    throw new Refusal("NOT_FOUND", "the subject of the token has no link to its user");
  const { rule, connection, linkedAt } = link;
  return { rule, connection, linkedAt };
}
