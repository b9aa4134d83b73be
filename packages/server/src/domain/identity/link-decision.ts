import { type AuditEntry, auditEntry } from "../audit.ts";
import { organizationIdOf } from "../login/login.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { blockerOf, type Ending, endingUnchanged, revokedBy } from "../revocation/rule.ts";
import type { Decision } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import { aboutLogin, type FirstLogin, linkRuleOf } from "./first-login.ts";
import type { IdentityLink } from "./identity-link.ts";
import { getsSeat, type SeatGround, seatOf, unlinkFormer } from "./seat.ts";
import {
  afterFirstLink,
  holdersOf,
  merged,
  type Speakers,
  speakersUnchanged,
  speakersWrites,
  type Verifiers,
} from "./speakers.ts";

/** A first login whose user is known. */
export interface Linking {
  readonly first: FirstLogin;
  readonly userId: UserId;
  /** Whether this login created the user in the directory. */
  readonly created: boolean;
  /** The subject's link, which is judged again; null for a subject without one. */
  readonly former: IdentityLink | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What is stored about the subject, its user and the seat. */
export interface LinkGround extends SeatGround, Ending {
  readonly link: IdentityLink | null;
  readonly isBlocked: boolean;
  readonly speakers: Speakers;
  /** Of the domains that the user is inside by. */
  readonly verifiers: Verifiers;
}

/** What a first login comes to: the link of its subject, or the rule that refuses it. */
export interface LinkOutcome {
  readonly link: IdentityLink | null;
  readonly refusedBy: "ended" | "speakers" | "seat" | null;
  readonly isMerger: boolean;
  readonly ground: LinkGround;
  /** Who may speak for the user from now on. */
  readonly speakers: Speakers;
}

/**
 * Stores who speaks for the user, the seat and the link, and removes the link of a holder who gives way. Where another
 * request has linked the subject meanwhile, its link holds.
 */
export function decideLink(linking: Linking, ground: LinkGround): Decision<LinkOutcome> {
  const { first, userId, former } = linking;
  const { link, speakers, held, window } = ground;
  const ends = (outcome: Partial<LinkOutcome>) => ({
    changes: null,
    result: { link: null, refusedBy: null, isMerger: false, ground, speakers, ...outcome },
  });
  const isEnded =
    ground.isBlocked || blockerOf(ground.facts) !== null || revokedBy(first.claims, ground) !== null;
  if (isEnded) return ends({ refusedBy: "ended" });
  if (former !== null && link?.userId !== userId)
    throw new Refusal("STORE_UNAVAILABLE", "the link is being changed at this moment");
  if (link !== null && link.rev !== former?.rev) return ends({ link });
  const { next, isMerger } = speakersAfter(linking, ground);
  if (next === null) return ends({ refusedBy: "speakers", isMerger });
  if (!getsSeat(ground, first)) return ends({ refusedBy: "seat", isMerger });
  const made = linkOf(linking);
  const { subject } = first.claims;
  const givenUp = unlinkFormer(ground);
  const spoken = speakersWrites(next, speakers);
  return {
    changes: {
      writes: [
        ...spoken,
        { item: "seat", next: { ...seatOf(first, userId), subject, rev: newRevision() }, present: held },
        ...givenUp.writes,
        { item: "link", next: made, present: link },
      ],
      unchanged: [
        { item: "block", absent: { userId } },
        ...endingUnchanged(first.claims, userId, ground),
        ...speakersUnchanged(next, speakers),
        ...givenUp.unchanged,
        ...(window === null ? [] : [{ item: "window", present: window } as const]),
      ],
      audit: entriesOf(linking, ground, made, isMerger),
    },
    result: { link: made, refusedBy: null, isMerger, ground, speakers: spoken[0]?.next ?? speakers },
  };
}

/** Who may speak for the user after the login: null if it may not. A merger decides where nothing else lets it in. */
export function speakersAfter(
  { first, created, at }: Linking,
  { speakers, verifiers, window }: Pick<LinkGround, "speakers" | "verifiers" | "window">,
): { readonly next: Speakers | null; readonly isMerger: boolean } {
  const after = (present: Speakers) =>
    afterFirstLink(present, first, { created, holders: holdersOf(present.inside, verifiers) });
  const next = after(speakers);
  const into = organizationIdOf(first.login);
  const from = window?.from ?? null;
  if (next !== null || into === null || from === null) return { next, isMerger: false };
  return { next: after(merged(speakers, { from, into, at })), isMerger: true };
}

function linkOf({ first, userId, former, at }: Linking): IdentityLink {
  const { claims, login, trust } = first;
  const isTrusted = trust.state === "trusted";
  return {
    ...seatOf(first, userId),
    subject: claims.subject,
    organizationId: organizationIdOf(login),
    email: isTrusted ? trust.email : (former?.email ?? null),
    rule: isTrusted ? linkRuleOf(first) : (former?.rule ?? linkRuleOf(first)),
    linkedAt: at,
    rev: newRevision(),
  };
}

function entriesOf(
  { first, at }: Linking,
  { held }: LinkGround,
  link: IdentityLink,
  isMerger: boolean,
): AuditEntry[] {
  const actor = "login";
  const about = aboutLogin(first, link.userId);
  const { subject } = first.claims;
  const merger = { ...about, at, actor, action: "identity-allowed", rule: "merger" } as const;
  const taken = { ...about, at, actor, action: "seat-taken-over", rule: linkRuleOf(first) } as const;
  return [
    ...(isMerger ? [auditEntry(merger)] : []),
    ...(held === null || held.subject === subject ? [] : [auditEntry({ ...taken, holder: held.subject })]),
    auditEntry({ ...about, at, actor, action: "identity-linked", rule: link.rule }),
  ];
}
