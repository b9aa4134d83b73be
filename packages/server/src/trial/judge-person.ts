import {
  activeOrganization,
  type Identity,
  type IdentityRules,
  type MembershipPorts,
  type MembershipRules,
  type VerifiedClaims,
} from "../domain/index.ts";
import { dryResolver, type NewMemberships, type PersonPorts } from "./dry-run.ts";
import type { Explainer, Texts } from "./explainer.ts";

/** The rules about the person behind a token, in words. */
export type PersonTexts = (memberships: NewMemberships) => Texts<IdentityRules & MembershipRules>;

/**
 * Applies the same rules as `serve`, without its writes: it creates no user, takes no seat and stores neither a link
 * nor a membership.
 * @throws {Refusal} when the user is refused; the explainer has recorded it
 */
export async function judgePerson(
  claims: VerifiedClaims,
  stores: PersonPorts,
  { explainer, texts }: { explainer: Explainer; texts: PersonTexts },
  signal: AbortSignal,
): Promise<{ identity: Identity; ports: MembershipPorts }> {
  const { resolve, ports, newMemberships } = dryResolver(stores, ({ reason }) =>
    explainer.warn(`let through by TRUST_MODE=report; enforce would refuse with ${reason}`),
  );
  const trace = explainer.trace<IdentityRules & MembershipRules>(texts(newMemberships));
  const identity = await resolve(claims, signal, trace);
  await activeOrganization(identity, ports, signal, trace);
  return { identity, ports };
}
