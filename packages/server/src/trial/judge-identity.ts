import type { Identity, VerifiedClaims } from "../domain/index.ts";
import { dryResolver, NEW_USER, type PersonPorts } from "./dry-run.ts";

/**
 * Whose a login would be, by the rules of `serve` without its writes. What a member may do is not asked: somebody who was
 * removed stays who they are. Report mode lets nothing through here.
 * @returns null where the login would create its user
 * @throws {Refusal} when the login would be refused
 */
export async function judgeIdentity(
  claims: VerifiedClaims,
  ports: PersonPorts,
  signal: AbortSignal,
): Promise<Identity | null> {
  const { resolve } = dryResolver({ ...ports, trustMode: "enforce" }, () => {});
  const identity = await resolve(claims, signal);
  return identity.userId === NEW_USER ? null : identity;
}
