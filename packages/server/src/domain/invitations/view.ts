import { type InvitationState, listPlaceOf, rangeOfState, stateOf } from "../membership/invitation.ts";
import type { Invitation } from "../membership/memberships.ts";
import type { Administrator } from "../membership/standing.ts";
import type { OrganizationId } from "../organization.ts";
import { cursorOf, type Page, positionOf } from "../page.ts";
import type { InvitationPorts } from "./outbox.ts";

/** An invitation as administrators see one. */
export type InvitationView = Readonly<ReturnType<typeof viewOfInvitation>>;

/** A mail whose outcome is not known after this time was lost with its process. */
const SENDING_MS = 60_000;

/** More than can be open of those that members have sent, and little enough for one request of a store. */
const AT_ONCE = 600;

/**
 * A page of the invitations: by address, or those of a state, of which the open, the expired and the void ones are in the
 * order in which they expire. What was written within the last second may be missing.
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
  const now = ports.now();
  const range = state === undefined ? null : rangeOfState(state, now.toISOString());
  const items: InvitationView[] = [];
  let next = after;
  for (const read of readsOf(state, limit)) {
    const page = { range, after: next, limit: read };
    const { invitations, next: behind } = await ports.memberships.invitationPage(id, page, signal);
    const known = await withStates(
      invitations,
      { organizationId: id, now: now.toISOString() },
      ports,
      signal,
    );
    const fitting = known.filter((each) => state === undefined || each.state === state);
    const taken = fitting.slice(0, limit - items.length);
    for (const each of taken) items.push(viewOfInvitation(each.invitation, each.state, now));
    const last = taken.length < fitting.length ? taken.at(-1) : undefined;
    next = last === undefined ? behind : listPlaceOf(last.invitation).position;
    if (next === null || items.length === limit) break;
  }
  return { items, nextCursor: next === null ? null : cursorOf(next, scope) };
}

/** How many invitations each request of a page reads. Where few fit, it reads more than a page has. */
function readsOf(state: InvitationState | undefined, limit: number): readonly number[] {
  if (state === "void") return [AT_ONCE];
  return state === "open" ? [limit, AT_ONCE] : [limit];
}

async function withStates(
  invitations: readonly Invitation[],
  { organizationId, now }: { organizationId: OrganizationId; now: string },
  { memberships }: InvitationPorts,
  signal: AbortSignal,
): Promise<{ readonly invitation: Invitation; readonly state: InvitationState }[]> {
  const inviters = [...new Set(invitations.flatMap(({ invitedBy }) => invitedBy ?? []))];
  const members = inviters.length === 0 ? [] : await memberships.findMany(organizationId, inviters, signal);
  const by = new Map(members.map((each) => [each.userId, each]));
  return invitations.map((invitation) => {
    const { invitedBy } = invitation;
    const inviter = invitedBy === null ? null : (by.get(invitedBy) ?? null);
    return { invitation, state: stateOf(invitation, { now, inviter }) };
  });
}

export function viewOfInvitation(invitation: Invitation, state: InvitationState, now: Date) {
  const { invitationId, email, role, fromOutside: outside, invitedBy, createdAt, expiresAt } = invitation;
  const mail = isLost(invitation, now) ? "failed" : invitation.mail;
  return { invitationId, email, role, state, mail, outside, invitedBy, createdAt, expiresAt };
}

export function isLost({ mail, mailedAt }: Invitation, now: Date): boolean {
  return mail === "sending" && mailedAt !== null && now.getTime() - Date.parse(mailedAt) > SENDING_MS;
}
