import { auditEntry } from "../audit.ts";
import { type CanonicalEmail, domainOf } from "../email.ts";
import { refuseEnded } from "../identity/ended.ts";
import { aboutLogin } from "../identity/first-login.ts";
import { recordConflict } from "../identity/identity-conflict.ts";
import type { IdentityLink } from "../identity/identity-link.ts";
import { type JudgedLogin, judgedIn } from "../identity/judged-login.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import {
  afterMembership,
  ruleAgainst,
  type Speakers,
  speakersUnchanged,
  speakersWrites,
} from "../identity/speakers.ts";
import { type Assessment, assess, grantingEmail } from "../login/address-trust.ts";
import { type Membership, type MembershipOrigin, newMembership } from "../membership.ts";
import { isClosed, type Organization, type OrganizationId } from "../organization.ts";
import type { SignOut, SubjectFacts } from "../revocation/facts.ts";
import { endingUnchanged, findEnd } from "../revocation/rule.ts";
import { type Decision, transact, type Write } from "../transaction.ts";
import { unrecorded } from "../waiting/reads.ts";
import { accepted } from "./invitation.ts";
import { releaseInvitation } from "./invitation-ledger.ts";
import type { Invitation, MembershipPorts } from "./memberships.ts";
import { openOffer } from "./open-offer.ts";
import { admission } from "./owners.ts";

/** Where a membership may be made, and what is known of it. */
export interface Opening {
  readonly organizationId: OrganizationId;
  /** The membership of who left by themselves; null if none is stored. */
  readonly stored: Membership | null;
  readonly invitation: Invitation | null;
}

/** What a grant is decided on, as it is stored. */
export interface Ground {
  readonly organization: Organization;
  readonly assessment: Assessment;
  /** Proven to the organization. */
  readonly email: CanonicalEmail;
  /** The one that the membership is granted by, if the user can accept it; null for another grant. */
  readonly invitation: Invitation | null;
  readonly stored: Membership | null;
  readonly speakers: Speakers;
  readonly link: IdentityLink;
  readonly facts: SubjectFacts | null;
  readonly signOut: SignOut | null;
  readonly at: string;
}

/** A membership to create. */
type Grant = Pick<Membership, "role" | "invitedFromOutside" | "invitedBy"> & {
  readonly origin: Exclude<MembershipOrigin, "import">;
};

/** What those get who were not invited: never owner, whatever is stored. */
export function uninvited(origin: "jit" | "join", { defaultRole }: Organization): Grant {
  const role = defaultRole === "owner" ? "admin" : defaultRole;
  return { origin, role, invitedFromOutside: false, invitedBy: null };
}

/** What comes of a grant. */
export interface Outcome {
  /** As it is stored, also one that another call has made meanwhile; null for none. */
  readonly membership: Membership | null;
  /** The login that may not speak for the user, and why, for operators to settle. */
  readonly refused?: Pick<Assessment, "login"> & { readonly rule: ReturnType<typeof ruleAgainst> };
  /** The invitation that it has used up. */
  readonly used?: Invitation | null;
}

/**
 * Creates an active membership unless one is stored, or makes that of who left active again, and uses its invitation up.
 * Decides on stored data, not on the cache: what an operator withdrew a moment ago grants nothing.
 * @throws {Refusal} IDENTITY_BLOCKED, TOKEN_REVOKED
 * @param toGrant returns what to grant on the stored data; null for nothing
 */
export async function grantMembership(
  opening: Opening,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
  toGrant: (ground: Ground) => Grant | null,
): Promise<Outcome> {
  const { organizationId } = opening;
  const read = async (attempt: number) => {
    const known = attempt === 0 ? opening : await openingNow(opening, identity, ports, signal);
    const judged = attempt === 0 ? judgedIn(signal, identity, ports.now()) : null;
    return readGround(known, identity, judged, ports, signal);
  };
  const decide = (ground: Ground | Outcome) => {
    if (!("stored" in ground)) return { changes: null, result: ground };
    const grant = toGrant(ground);
    return grant === null ? { changes: null, result: NOTHING } : granted(grant, ground, identity);
  };
  const isActing = identity.actor !== null; // who acts for somebody decides nothing for them
  const outcome = isActing ? NOTHING : await transact({ read, decide }, ports.transactions, signal);
  const { membership, refused, used = null } = outcome;
  if (refused !== undefined) {
    const about = aboutLogin({ claims: identity.claims, login: refused.login }, identity.userId);
    await recordConflict(refused.rule, { ...about, organizationId }, ports, signal);
  }
  if (used !== null) await releaseInvitation(used, ports, signal);
  return membership === null ? ungranted(organizationId, identity, ports, signal) : outcome;
}

/** What to answer before a no: another call may have used up what would have made a membership, between the reads of both. */
export async function ungranted(
  organizationId: OrganizationId,
  { userId }: Identity,
  { storedMemberships }: MembershipPorts,
  signal: AbortSignal,
): Promise<Outcome> {
  const again = () => storedMemberships.find(organizationId, userId, signal);
  return { membership: await unrecorded(again) }; // not what was read ahead
}

const NOTHING: Outcome = { membership: null };

/** What is stored of the opening after a lost race. */
async function openingNow(
  { organizationId, invitation: read }: Opening,
  { userId }: Identity,
  { memberships, storedMemberships }: MembershipPorts,
  signal: AbortSignal,
): Promise<Opening> {
  const [stored, invitation] = await Promise.all([
    storedMemberships.find(organizationId, userId, signal),
    read === null ? null : memberships.findInvitation(organizationId, read.email, signal),
  ]);
  return { organizationId, stored, invitation };
}

/** What to decide on, or what comes of it without a decision. */
async function readGround(
  { organizationId, stored, invitation }: Opening,
  { claims, userId }: Identity,
  judged: JudgedLogin | null,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Ground | Outcome> {
  if (stored !== null && invitation === null) return { membership: stored };
  if (invitation !== null && (await openOffer(stored, invitation, ports, signal)) === null) return NOTHING;
  const verifier = judged?.assessment.verifiers.find(({ id }) => id === organizationId);
  const [organization, assessment, { link, facts }, { isBlocked, signOut }, speakers] = await Promise.all([
    verifier ?? ports.stored.find(organizationId, signal),
    judged?.assessment ?? assess(claims, ports.stored, ports, signal),
    judged ?? ports.storedLinks.findSubject(claims, signal),
    judged === null
      ? ports.storedLinks.findUser(userId, signal)
      : { isBlocked: false, signOut: judged.signOut }, // that nobody has blocked them is a condition
    judged?.speakers ?? ports.speakers.find(userId, signal),
  ]);
  const session = await findEnd(claims, facts, ports.storedLinks, signal);
  refuseEnded(claims, { facts, session, user: { userId, isBlocked, signOut } });
  if (organization === null || isClosed(organization, ports) || link?.userId !== userId) return NOTHING;
  const email = grantingEmail(assessment.trust, organizationId);
  if (email === null) return NOTHING;
  const at = ports.now().toISOString();
  return { organization, assessment, email, invitation, stored, speakers, link, facts, signOut, at };
}

/** The membership, its invitation, and who may speak for the user from now on. */
function granted(
  grant: Grant,
  { organization, assessment, email, invitation, stored, speakers, link, facts, signOut, at }: Ground,
  { claims, userId }: Identity,
): Decision<Outcome> {
  const { id: organizationId } = organization;
  const isInside = assessment.verifiers.some(({ id }) => id === organizationId);
  const decides = isInside || speakers.erasedAt !== null;
  const spoken = decides ? afterMembership(speakers, { organization, domain: domainOf(email) }) : speakers;
  if (spoken === null) {
    const refused = { login: assessment.login, rule: ruleAgainst(speakers) };
    return { changes: null, result: { membership: null, refused } };
  }
  const ceased = stored?.ceased ?? {};
  const { name } = claims;
  const named = { name, namedAt: name === null ? null : at };
  const known = { organizationId, userId, createdAt: at, email, ceased };
  const proposed = newMembership({ ...known, ...named, ...grant });
  const { membership, writes } = admission(proposed, stored, organization);
  const action = { at, actor: "login", action: "membership-created", rule: grant.origin } as const;
  const invitationId = invitation?.invitationId ?? null;
  const created = auditEntry({ organizationId, userId, ...action, via: claims.clientId, invitationId });
  const used = invitation === null ? [] : [accepted(invitation, { userId, claims }, at)];
  const invitations = used.map(({ next, present }): Write => ({ item: "invitation", next, present }));
  return {
    changes: {
      writes: [...invitations, ...writes, ...speakersWrites(spoken, speakers)],
      unchanged: [
        { item: "block", absent: { userId } },
        { item: "link", present: link },
        ...endingUnchanged(claims, userId, { facts, signOut }),
        ...speakersUnchanged(spoken, speakers), // also of a guest, who may be erased meanwhile
      ],
      audit: [created, ...used.flatMap(({ audit }) => audit)],
    },
    result: { membership, used: invitation },
  };
}
