import { Refusal } from "../refusal.ts";
import type { IdentityLink, StoredLinks } from "./identity-link.ts";
import type { Identity } from "./resolve-identity.ts";

/**
 * What the caller may know of how their sign-in is linked to their UUID, as it is stored.
 * @throws {Refusal} NOT_FOUND for a legacy token, whose subject is the UUID, and for a link that has just been moved;
 * STORE_UNAVAILABLE
 */
export async function linkOf(
  { userId, claims: { source, tenant, subject } }: Pick<Identity, "userId" | "claims">,
  { storedLinks }: { readonly storedLinks: Pick<StoredLinks, "find"> },
  signal: AbortSignal,
): Promise<Pick<IdentityLink, "rule" | "connection" | "linkedAt">> {
  const link = source === "platform" ? null : await storedLinks.find({ tenant, subject }, signal);
  if (link?.userId !== userId)
    throw new Refusal("NOT_FOUND", "the subject of the token has no link to its user");
  const { rule, connection, linkedAt } = link;
  return { rule, connection, linkedAt };
}
