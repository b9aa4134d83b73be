import type { Role } from "../../wire/index.ts";
import { type Owner, operatorOf, requireRole, type Standing } from "../membership/standing.ts";
import { Refusal } from "../refusal.ts";
import type { UserId } from "../user-id.ts";
import { membership, memoryPorts, signedIn, VIA_ACME } from "./memory-ports.ts";
import { ACME, acmeAlone, claims, UNBOUNDED } from "./people.ts";

/** Jane, with a role in Acme. */
export async function janeAs<Held extends Role>(
  role: Held,
  organizations = acmeAlone(),
): Promise<Standing<Held>> {
  const ports = memoryPorts(organizations);
  ports.memberships.put(membership({ role }));
  const identity = await signedIn(ports, VIA_ACME);
  return requireRole(identity, { organizationId: ACME, required: role }, ports, UNBOUNDED);
}

/** An operator in Acme. */
export function operator(organizations = acmeAlone()): Promise<Owner> {
  return operatorOf("operator:jo", ACME, organizations, UNBOUNDED);
}

export const ADMIN = await janeAs("admin");
export const OWNER = await janeAs("owner");
export const OPERATOR = await operator();

/** A user by a token that is of no organization. */
export function oneself(userId: UserId) {
  return { userId, claims: claims(), login: { via: "platform" } } as const;
}

/** The reason of the refusal; "done" without one. */
export function reasonOf(verb: Promise<unknown>): Promise<unknown> {
  return verb.then(
    () => "done",
    (error: unknown) => (error instanceof Refusal ? error.reason : error),
  );
}

/** What the refusal says is missing; "done" without one. */
export function missingFor(verb: Promise<unknown>): Promise<unknown> {
  return verb.then(
    () => "done",
    (error: unknown) => (error instanceof Refusal && error.reason === "NOT_READY" ? error.hint : error),
  );
}
