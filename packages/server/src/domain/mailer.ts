import type { Role } from "../wire/role.ts";
import type { CanonicalEmail, DomainName } from "./email.ts";
import type { OrganizationId } from "./organization-id.ts";
import type { PersonName } from "./person-name.ts";

/** What the mail about an invitation says. */
export interface InvitationMail {
  readonly to: CanonicalEmail;
  readonly organizationName: string;
  readonly role: Role;
  /** The address of the inviter. Null for an operator, or when the address is unknown. */
  readonly invitedBy: CanonicalEmail | null;
  /** What the inviter calls themselves; never shown without the address. Null where it is unknown. */
  readonly inviterName: PersonName | null;
  /** Whether an operator invited. */
  readonly isOperators: boolean;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

/** What the mail about a domain whose record is missing says. */
export interface DomainMail {
  readonly to: CanonicalEmail;
  readonly organizationName: string;
  readonly domain: DomainName;
  readonly recordName: string;
  readonly recordValue: string;
  /** When the domain will not be trusted any more. ISO 8601, UTC. */
  readonly lapsesAt: string;
}

/** What the mail to an owner or an admin says about a removed member who asks to be restored. */
export interface RestoreRequestMail {
  readonly to: CanonicalEmail;
  readonly organizationId: OrganizationId;
  readonly organizationName: string;
  /** By which the organization knows them. */
  readonly email: CanonicalEmail;
}

/** What the mail says to an owner about the end of their organization. */
export interface ClosingMail {
  readonly to: CanonicalEmail;
  readonly organizationId: OrganizationId;
  readonly organizationName: string;
  /** The owner who has asked for the end, or called it off. Null for an operator, or when the address is unknown. */
  readonly by: CanonicalEmail | null;
  /** What they are called; null where that is not known. */
  readonly byName: PersonName | null;
  /** Whether it was an operator. */
  readonly isOperators: boolean;
  /** ISO 8601, UTC. */
  readonly closesAt: string;
  /** Whether it was called off: the organization stays open. */
  readonly isCalledOff: boolean;
}

/** How the mails about the end of an organization leave. */
export interface ClosingOutbox {
  /** Sends the mails after the answer, then calls `settle` with what became of them: `failed` where one was not taken. */
  postClosing(
    mails: readonly ClosingMail[],
    settle: (outcome: "sent" | "failed", signal: AbortSignal) => Promise<void>,
  ): void;
}

/** Hands mails to a mail server. Whether a mail reaches its reader is not known. */
export interface Mailer {
  /** @throws {MailFailed} the server has not taken the mail before `signal` aborts, or has refused it */
  sendInvitation(mail: InvitationMail, signal: AbortSignal): Promise<void>;
  /** @throws {MailFailed} as `sendInvitation` */
  sendDomainMissing(mail: DomainMail, signal: AbortSignal): Promise<void>;
  /** @throws {MailFailed} as `sendInvitation` */
  sendRestoreRequest(mail: RestoreRequestMail, signal: AbortSignal): Promise<void>;
  /** @throws {MailFailed} as `sendInvitation` */
  sendClosing(mail: ClosingMail, signal: AbortSignal): Promise<void>;
}

/**
 * The mail server has not taken a mail. The message has no address. The cause may quote what the server answered, which
 * often is the address, so it is not for logs.
 */
export class MailFailed extends Error {
  /** The last reply code of the server (RFC 5321 §4.2), such as 550. Null without a usable reply. */
  readonly responseCode: number | null;

  constructor(message: string, { cause, responseCode }: { cause: unknown; responseCode: number | null }) {
    super(message, { cause });
    this.name = "MailFailed";
    this.responseCode = responseCode;
  }
}
