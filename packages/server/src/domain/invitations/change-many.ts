import { type Administrator, inBatch } from "../membership/standing.ts";
import { changeEach, type Verdict } from "../rows.ts";
import { resendInvitation, revokeInvitation } from "./invitations.ts";
import { distinct, type Given } from "./offer.ts";
import type { InvitationPorts } from "./outbox.ts";
import type { InvitationView } from "./view.ts";

/** Each of them changes what is counted of them all, so the second one would be read in vain. */
const AT_ONCE = 1;

export interface InvitationVerdict extends Pick<Verdict<Given, InvitationView>, "outcome" | "hint"> {
  /** As it was given. */
  readonly email: string;
  readonly invitation: InvitationView | null;
}

/** Changes many invitations, each once and by the verb for one. */
export async function changeInvitations(
  administrator: Administrator,
  { emails, change }: { readonly emails: readonly string[]; readonly change: "resend" | "revoke" },
  ports: InvitationPorts,
  signal: AbortSignal,
): Promise<InvitationVerdict[]> {
  const rows = distinct(emails);
  const by = inBatch(administrator, rows.length);
  const verb = change === "resend" ? resendInvitation : revokeInvitation;
  const changeOne = ({ email }: Given, own: InvitationPorts) => verb(by, email, own, signal);
  const verdicts = await changeEach({ rows, atOnce: AT_ONCE }, changeOne, ports, signal);
  return verdicts.map(({ row: { given: email }, outcome, hint, answer: invitation }) => {
    return { email, outcome, hint, invitation };
  });
}
