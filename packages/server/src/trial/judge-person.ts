import {
  activeOrganization,
  createIdentityResolver,
  type Identity,
  type IdentityRules,
  type MembershipPorts,
  type MembershipRules,
  type RegisteredUsers,
  type RelinkWindows,
  type StoredLinks,
  type VerifiedClaims,
} from "../domain/index.ts";
import { dryDirectory, dryPorts, type NewMemberships } from "./dry-run.ts";
import type { Explainer, Texts } from "./explainer.ts";

export interface PersonPorts extends Omit<MembershipPorts, "audit" | "storedLinks"> {
  readonly links: StoredLinks;
  readonly windows: RelinkWindows;
  readonly directory: RegisteredUsers;
}

/** The rules about the person behind a token, in words. */
export type PersonTexts = (memberships: NewMemberships) => Texts<IdentityRules & MembershipRules>;

/**
 * Applies the same rules as `serve`, without its writes: it creates no user, takes no seat and stores neither a link
 * nor a membership.
 * @throws {Refusal} when the user is refused; the explainer has recorded it
 */
export async function judgePerson(
  claims: VerifiedClaims,
  { links, windows, directory, ...stored }: PersonPorts,
  { explainer, texts }: { explainer: Explainer; texts: PersonTexts },
  signal: AbortSignal,
): Promise<{ identity: Identity; ports: MembershipPorts }> {
  const { newMemberships, ...ports } = dryPorts({ ...stored, links });
  const trace = explainer.trace<IdentityRules & MembershipRules>(texts(newMemberships));
  const resolve = createIdentityResolver({
    ...ports,
    windows,
    links: ports.storedLinks,
    takenSeats: { find: () => null, add() {} }, // an explanation shows the rules in their order
    directory: dryDirectory(directory),
    wouldRefuse: ({ reason }) =>
      explainer.warn(`let through by TRUST_MODE=report; enforce would refuse with ${reason}`),
  });
  const identity = await resolve(claims, signal, trace);
  await activeOrganization(identity, ports, signal, trace);
  return { identity, ports };
}
