import type { ClosingOutbox, InvitationMail, RestoreRequestMail } from "../mailer.ts";
import type { Invitation, MembershipRegistry } from "../membership/memberships.ts";
import type { ChangePorts } from "../organization.ts";

/** How mails leave. */
export interface Outbox extends ClosingOutbox {
  /** Sends the mail after the answer, then stores what became of it. */
  post(invitation: Invitation, mail: InvitationMail): void;
  /** Sends the mail after the answer. What became of it is not stored. */
  postRestoreRequest(mail: RestoreRequestMail): void;
}

/** The stores without a cache that invitations are read from and written to, and how their mails leave. */
export interface InvitationPorts extends ChangePorts {
  readonly memberships: MembershipRegistry;
  /** Null where no mail server is configured. */
  readonly outbox: Outbox | null;
  readonly limits: {
    /** How long an invitation is open, in milliseconds. */
    readonly ttlMs: number;
    /** How long after a mail the same address gets no other one, in milliseconds. */
    readonly resendMs: number;
  };
}
