import type { BadgeProps } from "../../../design/text/badge.tsx";
import { timeFrom } from "../../../design/text/time-ago.tsx";
import { OUTSIDE } from "../lists/member-texts.ts";
import type { Invitation } from "./invitation.ts";

/** What an admin can do about a state. */
export type Fix = "resend" | "copy";

export interface InvitationBadge extends Required<Pick<BadgeProps, "tone" | "icon">> {
  readonly text: string;
  readonly meaning?: string;
}

export interface InvitationStanding {
  readonly badges: readonly InvitationBadge[];
  /** The buttons that the row shows. The menu has the others. */
  readonly fixes: readonly Fix[];
}

/** An invitation that expires sooner stands out. */
const SOON_MS = 86_400_000;

type Facts = Pick<Invitation, "state" | "mail" | "outside" | "expiresAt">;

/** What a row says of its invitation. Each bad state has its fix. */
export function standingOf(facts: Facts, now: number): InvitationStanding {
  const { badge, fixes } = stateOf(facts, now);
  const outside: InvitationBadge[] = facts.outside
    ? [{ text: "Outside", tone: "warn", icon: "globe", meaning: OUTSIDE }]
    : [];
  return { badges: [...(badge ?? []), ...outside], fixes };
}

function stateOf(
  { state, mail, expiresAt }: Facts,
  now: number,
): { badge?: InvitationBadge[]; fixes: Fix[] } {
  const isOver = state === "expired" || (state === "open" && Date.parse(expiresAt) <= now);
  if (isOver) return { badge: [{ text: "Expired", tone: "warn", icon: "clock" }], fixes: ["resend"] };
  if (state === "void")
    return { badge: [{ text: "No longer valid", tone: "warn", icon: "alert" }], fixes: ["resend"] };
  if (mail === "failed")
    return { badge: [{ text: "Mail failed", tone: "bad", icon: "mail" }], fixes: ["resend", "copy"] };
  // Where no mails are sent, the link is all there is.
  const fixes: Fix[] = mail === "none" ? ["copy"] : [];
  if (mail === "sending")
    return { badge: [{ text: "Sending the mail", tone: "neutral", icon: "mail" }], fixes };
  const expires = Date.parse(expiresAt);
  const text = `Expires ${timeFrom(new Date(expires), new Date(now))}`;
  return { badge: [{ text, tone: expires - now < SOON_MS ? "warn" : "neutral", icon: "clock" }], fixes };
}
