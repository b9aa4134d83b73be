import { isDeepStrictEqual } from "node:util";
import type { AddressTrust } from "./address-trust.ts";
import { type Audit, auditEntry } from "./audit.ts";
import type { VerifiedClaims } from "./claims.ts";
import { domainOf } from "./email.ts";
import type { UserDirectory, UserId } from "./identity.ts";
import { conflict } from "./identity-conflict.ts";
import type { HeldSeat, IdentityLink, IdentityLinks, LinkRule, Seat } from "./identity-link.ts";
import { connectionNameOf, type Login } from "./login.ts";
import { Refusal } from "./refusal.ts";
import { isOpen, mayFollow, type RelinkWindows } from "./relink-window.ts";

/** The login of a subject that has no link yet, its address judged. */
export interface FirstLogin {
  readonly claims: VerifiedClaims;
  readonly login: Login;
  readonly trust: AddressTrust;
}

export interface FirstLinkOptions {
  readonly links: IdentityLinks;
  readonly directory: UserDirectory;
  readonly windows: RelinkWindows;
  /** Never throws on the path of a request: what cannot be appended must not undo what has happened. */
  readonly audit: Audit;
  readonly now: () => Date;
}

/** Links a subject for life: the UUID, its seat, then the link. An untrusted address buys no call and no write. */
export type FirstLink = (first: FirstLogin, signal: AbortSignal) => Promise<IdentityLink>;

export function createFirstLink({ links, directory, windows, audit, now }: FirstLinkOptions): FirstLink {
  return async (first, signal) => {
    const { claims, login, trust } = first;
    const { tenant, subject } = claims;
    const userId = await firstUserId(first, signal);
    await refuseBlocked(userId, links, signal);
    const seat: Seat = { tenant, connection: connectionNameOf(login), userId };
    // The seat first, then the link: the other order, or a check before a put, links two racing subjects.
    await sit(seat, first, signal);
    const proposed: IdentityLink = {
      tenant,
      subject,
      userId,
      connection: seat.connection,
      organizationId: organizationIdOf(login),
      email: trust.state === "trusted" ? trust.email : null,
      rule: ruleOf(first),
      linkedAt: now().toISOString(),
    };
    const link = await links.create(proposed, signal);
    // Two first logins of one subject with different addresses: the loser must not keep a stranger's seat.
    if (link.userId !== userId) await links.releaseSeat(seat, subject, signal);
    if (isDeepStrictEqual(link, proposed)) {
      const about = { ...link, at: link.linkedAt };
      await audit.append(auditEntry({ ...about, actor: "login", action: "identity-linked" }), signal);
    }
    return link;
  };

  async function firstUserId({ claims, login, trust }: FirstLogin, signal: AbortSignal): Promise<UserId> {
    if (trust.state === "refused") {
      throw new Refusal(trust.reason, firstLoginDetail(claims, login));
    }
    if (claims.userId !== null) return claims.userId;
    if (trust.state === "absent") {
      throw new Refusal("EMAIL_MISSING", "a first login needs an address or a signed user id");
    }
    return directory.ensureUser(trust.email, signal);
  }

  /** @throws {Refusal} IDENTITY_CONFLICT when another subject keeps the seat */
  async function sit(seat: Seat, first: FirstLogin, signal: AbortSignal): Promise<void> {
    const { subject } = first.claims;
    let held = await links.takeSeat(seat, subject, signal);
    if (held.subject !== subject && (await mayTakeOver(held, first, { links, windows, now }, signal))) {
      await removeFormer(held, links, signal);
      held = await links.takeOverSeat(held, { subject, takenOverAt: now().toISOString() }, signal);
    }
    const organizationId = organizationIdOf(first.login);
    if (held.subject !== subject) {
      const about = { ...seat, subject, organizationId, holder: held.subject };
      throw await conflict("seat", about, { audit, now }, signal);
    }
    const { formerSubject: holder, takenOverAt: at } = held;
    if (holder === null) return;
    // Also after a crash in the middle: the seat itself knows whose link is still to be removed.
    if (at !== null) {
      const about = { ...seat, subject, organizationId, holder, rule: ruleOf(first) };
      await audit.append(auditEntry({ at, actor: "login", action: "seat-taken-over", ...about }), signal);
    }
    await links.remove({ ...seat, subject: holder }, signal);
  }
}

/**
 * Whether a first login may take the seat from its holder. A holder who is linked to another user lost a race and
 * could not give the seat back: they never come for it. In a window others give way too.
 */
export async function mayTakeOver(
  held: HeldSeat,
  { login, trust }: FirstLogin,
  { links, windows, now }: Pick<FirstLinkOptions, "links" | "windows" | "now">,
  signal: AbortSignal,
): Promise<boolean> {
  const former = await links.findStored(held, signal);
  if (former === null) return false;
  if (former.userId !== held.userId) return true;
  if (login.via !== "sso") return false;
  if (trust.state !== "trusted" || trust.rule !== "verified-domain") return false;
  const { connection } = login;
  const window = await windows.find(connection.name, signal);
  if (window === null || !isOpen(window, now())) return false;
  return mayFollow({ email: trust.email, connection }, { former, held, window });
}

/** Ends a take-over that stopped half-way: else its former holder would stay linked beside whoever comes next. */
export async function removeFormer(
  { formerSubject, ...seat }: HeldSeat,
  links: IdentityLinks,
  signal: AbortSignal,
): Promise<void> {
  if (formerSubject !== null) await links.remove({ ...seat, subject: formerSubject }, signal);
}

/** @throws {Refusal} IDENTITY_BLOCKED when an operator has blocked this person */
export async function refuseBlocked(
  userId: UserId,
  links: IdentityLinks,
  signal: AbortSignal,
): Promise<void> {
  if (await links.isBlocked(userId, signal)) {
    throw new Refusal("IDENTITY_BLOCKED", "an operator has blocked this user");
  }
}

function ruleOf({ claims, trust }: FirstLogin): LinkRule {
  return claims.userId !== null || trust.state !== "trusted" ? "claim" : trust.rule;
}

function organizationIdOf(login: Login) {
  return login.via === "sso" ? login.connection.organizationId : null;
}

/** What an operator needs to mend it: the connection and the domain, never the address. */
function firstLoginDetail({ email }: VerifiedClaims, login: Login): string {
  const domain = "canonical" in email ? ` for the domain ${domainOf(email.canonical)}` : "";
  return `a first login through connection ${connectionNameOf(login)} is not trusted${domain}`;
}
