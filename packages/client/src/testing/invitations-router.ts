import { canonicalEmail, includesRole } from "@platform-api/server/wire";
import { invitationFor } from "./belonging.ts";
import { pageOf } from "./cursor.ts";
import { identifiedProcedure, organizationProcedure, type RequestContext, t } from "./init.ts";
import { invitationInput, invitationsInput, inviteInput, organizationInput } from "./inputs.ts";
import {
  acceptInvitation,
  isCurrent,
  isOpenTo,
  settleInvitation,
  stateOf,
  storeInvitation,
} from "./invitation.ts";
import { type Caller, membersOf, recordChange, refuseInUrl } from "./organization-router.ts";
import { hasVerified, type Invitation, type Organization, type User } from "./people.ts";
import type { ProcedureOutput } from "./procedures.ts";
import { Refused } from "./refused.ts";

/** Seven days. */
const LIFETIME_MS = 604_800_000;

type View = ProcedureOutput<"org.invitations.resend">;
type Outcome = ProcedureOutput<"org.invitations.create">[number]["outcome"];

export const invitationsRouter = t.router({
  list: organizationProcedure("admin", invitationsInput).query(
    ({ ctx, input }): ProcedureOutput<"org.invitations.list"> => {
      const { organizationId, state, cursor, limit } = input;
      refuseInUrl(ctx, cursor);
      const views = [...ctx.organization.invitations.values()].map((each) => viewOf(ctx.organization, each));
      const found = views.filter((view) => (state ?? view.state) === view.state);
      const list = ["invitations", organizationId, state];
      return pageOf(found, ({ email }) => email, { list, cursor, limit });
    },
  ),

  create: organizationProcedure("admin", inviteInput).mutation(
    ({ ctx, input: { emails, role } }): ProcedureOutput<"org.invitations.create"> => {
      if (!includesRole(ctx.role, role)) throw new Refused("ROLE_REQUIRED");
      const given = new Map<string, string>();
      for (const text of emails) {
        const key = canonicalEmail(text) ?? `invalid ${text}`;
        if (!given.has(key)) given.set(key, text);
      }
      const addresses = [...given].map(([key, text]) => ({ text, email: canonicalEmail(text) && key }));
      for (const { email } of addresses) if (email !== null) requireRightToInvite(ctx, email);
      return addresses.map(({ text, email }) => {
        if (email === null) return { email: text, outcome: "invalid" };
        const outcome = outcomeFor(ctx, email);
        if (outcome === "invited" || outcome === "renewed") offer(ctx, { email, role });
        return { email: text, outcome };
      });
    },
  ),

  resend: organizationProcedure("admin", invitationInput).mutation(({ ctx, input }): View => {
    const { ended, email, role } = requireInvitation(ctx, input.email);
    if (ended !== null && ended !== "void") throw new Refused("CONFLICT");
    const outcome = outcomeFor(ctx, email);
    if (outcome === "already-member" || outcome === "removed") throw new Refused("CONFLICT");
    requireRightToInvite(ctx, email);
    return viewOf(ctx.organization, offer(ctx, { email, role }, true));
  }),

  revoke: organizationProcedure("admin", invitationInput).mutation(({ ctx, input }): View => {
    const { organization } = ctx;
    const present = requireInvitation(ctx, input.email);
    const { ended, invitationId } = present;
    if (ended === "accepted") throw new Refused("CONFLICT");
    const next = { ...present, ended: "revoked" } as const;
    storeInvitation(organization, next);
    if (ended !== "revoked") recordChange(ctx, { action: "invitation-revoked", invitationId });
    return viewOf(organization, next);
  }),

  accept: identifiedProcedure
    .input(organizationInput)
    .mutation(({ ctx, input: { organizationId } }): ProcedureOutput<"org.invitations.accept"> => {
      const { user } = ctx;
      const { organization, invitation } = offered(ctx, organizationId);
      const stored = user.standing.get(organizationId);
      const isMember = stored?.status === "active";
      const isOpen = isMember ? isCurrent(invitation) : isOpenTo(user, organization, invitation);
      if (!isOpen && !(isMember && invitation.ended === "accepted")) throw new Refused("NOT_FOUND");
      if (isMember && isOpen) settleInvitation(organization, ctx, invitation);
      const { role } = isMember ? stored : acceptInvitation(organization, ctx, invitation);
      return { organizationId, userId: user.userId, role, status: "active" };
    }),

  decline: identifiedProcedure
    .input(organizationInput)
    .mutation(({ ctx, input: { organizationId } }): ProcedureOutput<"org.invitations.decline"> => {
      const { organization, invitation } = offered(ctx, organizationId);
      if (invitation.ended === "declined") return {};
      if (!isOpenTo(ctx.user, organization, invitation)) throw new Refused("NOT_FOUND");
      storeInvitation(organization, { ...invitation, ended: "declined" });
      const { user, clientId } = ctx;
      const { invitationId } = invitation;
      const declined = { action: "invitation-declined", userId: user.userId, invitationId } as const;
      recordChange({ organization, user, clientId }, declined);
      return {};
    }),
});

function viewOf(organization: Organization, invitation: Invitation): View {
  const { ended: _, inviter, ...visible } = invitation;
  return { ...visible, state: stateOf(organization, invitation), mail: "none", invitedBy: inviter.userId };
}

function outcomeFor(caller: Caller, email: string): Outcome {
  const member = membersOf(caller).find(({ user }) => user.email === email)?.membership;
  if (member?.status === "active") return "already-member";
  if (member?.hasLeft === false) return "removed";
  const present = caller.organization.invitations.get(email);
  return present !== undefined && isCurrent(present) ? "renewed" : "invited";
}

/** Offers an invitation (again), in the name of the caller. */
function offer(
  caller: Caller,
  { email, role }: Pick<Invitation, "email" | "role">,
  isResent = outcomeFor(caller, email) === "renewed",
): Invitation {
  const { organization, user } = caller;
  const { invitationId = crypto.randomUUID() } = organization.invitations.get(email) ?? {};
  const now = Date.now();
  const invitation: Invitation = {
    invitationId,
    email,
    role,
    outside: !hasVerified(organization, email),
    inviter: user,
    ended: null,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + LIFETIME_MS).toISOString(),
  };
  storeInvitation(organization, invitation);
  const action = isResent ? "invitation-resent" : "invitation-sent";
  recordChange(caller, { action, invitationId, after: { role } });
  return invitation;
}

/** @throws {Refused} ROLE_REQUIRED while SSO is enforced, which invitees from outside are exempt from */
function requireRightToInvite({ organization, role }: Caller, email: string): void {
  const isExempt = organization.enforceSso && !hasVerified(organization, email);
  if (isExempt && role !== "owner") throw new Refused("ROLE_REQUIRED");
}

/** @throws {Refused} NOT_FOUND; ROLE_REQUIRED for a role above one's own */
function requireInvitation({ organization, role }: Caller, email: string): Invitation {
  const invitation = organization.invitations.get(canonicalEmail(email) ?? "");
  if (invitation === undefined) throw new Refused("NOT_FOUND");
  if (!includesRole(role, invitation.role)) throw new Refused("ROLE_REQUIRED");
  return invitation;
}

/** The invitation of the caller's own address. @throws {Refused} NOT_FOUND */
function offered(
  { user, organizations }: Pick<RequestContext, "organizations"> & { readonly user: User },
  organizationId: string,
): { organization: Organization; invitation: Invitation } {
  const organization = organizations.get(organizationId);
  const invitation = organization && invitationFor(organization, user, organizations);
  if (organization === undefined || !invitation) throw new Refused("NOT_FOUND");
  return { organization, invitation };
}
