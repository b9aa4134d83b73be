import { auditEntry, type OperatorActor } from "../audit.ts";
import type { CanonicalEmail } from "../email.ts";
import { invite } from "../invitations/invitations.ts";
import type { Invited } from "../invitations/offer.ts";
import { isCurrent } from "../membership/invitation.ts";
import { type Owner, operatorOf } from "../membership/standing.ts";
import { isClosed, newOrganization, type Organization, type OrganizationId } from "../organization.ts";
import { Refusal, refusal } from "../refusal.ts";
import { storing, transact } from "../transaction.ts";
import type { Stores } from "./administration.ts";

/**
 * Creates an organization with the usual settings and invites its owner, who accepts by signing in. One that exists with
 * the same name is left as it is, and so is the owner's invitation, so that a call that was interrupted can be repeated.
 * @throws {Refusal} CONFLICT for an organization that has another name, or is closed
 */
export async function createOrganization(
  actor: OperatorActor,
  { id, name, owner }: { id: OrganizationId; name: string; owner: CanonicalEmail },
  ports: Stores,
  signal: AbortSignal,
): Promise<{ readonly organization: Organization; readonly owner: Invited }> {
  const organization = await putNew(actor, { id, name }, ports, signal);
  const operator = await operatorOf(actor, id, ports.organizations, signal);
  return { organization, owner: await inviteOwner(operator, owner, ports, signal) };
}

async function putNew(
  actor: OperatorActor,
  { id, name }: Pick<Organization, "id" | "name">,
  { organizations, transactions, now }: Stores,
  signal: AbortSignal,
): Promise<Organization> {
  const next = { ...newOrganization(id), name };
  const { jit, defaultRole, enforceSso } = next;
  const about = { actor, organizationId: id, after: { name, jit, defaultRole, enforceSso } };
  const entry = auditEntry({ at: now().toISOString(), action: "organization-created", ...about });
  const read = () => organizations.find(id, signal);
  const decide = (present: Organization | null) => {
    if (present === null) return storing([{ item: "organization", next, present }], [entry], next);
    const other = `there is an organization ${id} with another name: choose another id, or run \`org set ${id}\``;
    const closed = `the organization ${id} is closed: run \`org reopen ${id}\` to open it again`;
    if (present.name !== name) throw refusal("CONFLICT", other);
    if (isClosed(present, { now })) throw refusal("CONFLICT", closed);
    return { changes: null, result: present };
  };
  return transact({ read, decide }, transactions, signal);
}

/** An operator's open invitation as owner is left as it is: a repeated call sends no second mail. */
async function inviteOwner(
  operator: Owner,
  email: CanonicalEmail,
  ports: Stores,
  signal: AbortSignal,
): Promise<Invited> {
  const present = await ports.memberships.findInvitation(operator.organization.id, email, signal);
  const isInvited =
    present?.role === "owner" && present.invitedBy === null && isCurrent(present, ports.now().toISOString());
  if (isInvited) return { email, outcome: "invited" };
  const [invited] = await invite(operator, { emails: [email], role: "owner" }, ports, signal);
  if (invited === undefined) throw new Refusal("INTERNAL", "an address was not answered");
  return invited;
}
