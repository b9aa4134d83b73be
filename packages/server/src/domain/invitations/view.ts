import { type InvitationState, stateOf } from "../membership/invitation.ts";
import type { Invitation } from "../membership/memberships.ts";
import type { Administrator } from "../membership/standing.ts";
import { cursorOf, type Page, positionOf } from "../page.ts";
import type { InvitationPorts } from "./outbox.ts";

/** An invitation as administrators see one. */
export type InvitationView = Readonly<ReturnType<typeof viewOfInvitation>>;

/** A mail whose outcome is not known after this time was lost with its process. */
const SENDING_MS = 60_000;

/**
 * A page of the invitations, by address. What was written within the last second may be missing.
 * @throws {Refusal} INPUT_INVALID for a cursor of another list
 */
export async function listInvitations(
  { organization: { id } }: Administrator,
  {
    state,
    cursor,
    limit,
  }: { state?: InvitationState | undefined; cursor?: string | undefined; limit: number },
  ports: InvitationPorts,
  signal: AbortSignal,
): Promise<Page<InvitationView>> {
  const scope = { list: "invitations", organizationId: id, state };
  const after = cursor === undefined ? null : positionOf(cursor, scope);
  const { invitations, next } = await ports.memberships.invitationPage(id, { after, limit }, signal);
  const inviters = [...new Set(invitations.flatMap(({ invitedBy }) => invitedBy ?? []))];
  const members = inviters.length === 0 ? [] : await ports.memberships.findMany(id, inviters, signal);
  const by = new Map(members.map((each) => [each.userId, each]));
  const now = ports.now();
  const items = invitations
    .map((each) => {
      const inviter = each.invitedBy === null ? null : (by.get(each.invitedBy) ?? null);
      return viewOfInvitation(each, stateOf(each, { now: now.toISOString(), inviter }), now);
    })
    .filter((view) => state === undefined || view.state === state);
  return { items, nextCursor: next === null ? null : cursorOf(next, scope) };
}

export function viewOfInvitation(invitation: Invitation, state: InvitationState, now: Date) {
  const { invitationId, email, role, fromOutside: outside, invitedBy, createdAt, expiresAt } = invitation;
  const mail = isLost(invitation, now) ? "failed" : invitation.mail;
  return { invitationId, email, role, state, mail, outside, invitedBy, createdAt, expiresAt };
}

export function isLost({ mail, mailedAt }: Invitation, now: Date): boolean {
  return mail === "sending" && mailedAt !== null && now.getTime() - Date.parse(mailedAt) > SENDING_MS;
}
