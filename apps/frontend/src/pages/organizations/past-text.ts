import { timeFrom } from "../../design/text/time-ago.tsx";
import type { Me } from "../../organization/active-organization.ts";
import { inviterText } from "./invited-text.ts";

/** An invitation that cannot be accepted any more. */
export type PastInvitation = Me["pastInvitations"][number];

/** Why an invitation cannot be accepted any more, and whom to ask: by their address, if somebody can be named who helps. */
export function pastTexts({ name, state, since, ...by }: PastInvitation, now: number) {
  const ago = timeFrom(new Date(since), new Date(now));
  const who = inviterText(by);
  const invitation = who === null ? `invitation to ${name}` : "invitation";
  const asked = { address: by.inviter, whom: who ?? `an administrator of ${name}` };
  switch (state) {
    case "expired":
      return {
        title: "This invitation has expired",
        what: `The ${invitation} expired ${ago}.`,
        ask: { ...asked, before: "Ask ", after: " for a new one." },
      };
    case "revoked":
      return {
        title: "This invitation was revoked",
        what: `The ${invitation} was revoked ${ago}.`,
        ask: { ...asked, before: "If you think that this is a mistake, ask ", after: "." },
      };
    case "declined":
      return {
        title: "You declined this invitation",
        what: `You declined the ${invitation} ${ago}.`,
        ask: { ...asked, before: "If you changed your mind, ask ", after: " for a new one." },
      };
    case "void":
      return {
        title: "This invitation is no longer valid",
        what: `The person who sent it can’t invite people to ${name} any more.`,
        ask: {
          address: null,
          whom: `another administrator of ${name}`,
          before: "Ask ",
          after: " for a new one.",
        },
      };
  }
}
