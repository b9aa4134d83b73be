import type { PlatformClient } from "@platform-api/client";

type Invitations = PlatformClient["org"]["invitations"];

/** An invitation as admins see it. */
export type Invitation = Awaited<ReturnType<Invitations["resend"]["mutate"]>>;

/** What became of an address that was to be invited. */
export type Outcome = Awaited<ReturnType<Invitations["create"]["mutate"]>>[number]["outcome"];

/** How long an invitation is open. */
const LIFETIME_MS = 604_800_000;

/** Those that can still be accepted, or that somebody may want to resend. */
const VISIBLE: ReadonlySet<Invitation["state"]> = new Set(["open", "expired", "void"]);

/** Whether the list shows it: the others are history, which the audit tells. */
export function isVisible({ state }: Invitation): boolean {
  return VISIBLE.has(state);
}

export function byAddress({ email: one }: Invitation, { email: other }: Invitation): number {
  return one < other ? -1 : one === other ? 0 : 1;
}

/** The invitation as the server will list it, until it does. */
export function invitationNow(
  { email, role, outside = false }: Pick<Invitation, "email" | "role"> & Partial<Invitation>,
  { invitedBy, now }: { readonly invitedBy: string; readonly now: number },
): Invitation {
  const createdAt = new Date(now).toISOString();
  const expiresAt = new Date(now + LIFETIME_MS).toISOString();
  const known = { email, role, outside, invitedBy, createdAt, expiresAt } as const;
  return { ...known, invitationId: email, state: "open", mail: "sending" };
}

/** The link of the invitation's mail. It only says which address to sign in with, so it may be shared. */
export function linkOf({ email }: Pick<Invitation, "email">, origin: string): string {
  return `${origin}/sign-in#email=${encodeURIComponent(email)}`;
}
