import { type CanonicalEmail, type Mailer, MailFailed, parseEmail, within } from "../../domain/index.ts";
import { once } from "../../once.ts";
import { type OnUpstream, timed } from "../timed.ts";
import { closingText } from "./closing-text.ts";
import { domainText } from "./domain-text.ts";
import { invitationText } from "./invitation-text.ts";
import type { MailSite } from "./mail-brand.ts";
import type { MailText } from "./mail-text.ts";
import { restoreText } from "./restore-text.ts";
import type { Sender } from "./sender.ts";
import type { SmtpServer } from "./smtp-url.ts";

/** How a mail ended. It says nothing about the mail itself, so it may be logged. */
export interface MailOutcome {
  readonly outcome: "sent" | "failed";
  /** The last reply code of the server, such as 250. Null without a usable reply. */
  readonly responseCode: number | null;
  /** Why it failed: the message of {@link MailFailed} and the code of its cause. Null when it was sent. */
  readonly failure: MailFailed | null;
}

export interface SmtpMailerOptions extends MailSite {
  readonly server: SmtpServer;
  readonly from: Sender;
  /** How long a mail may take in all: name look-up, connection, TLS, greeting and delivery. */
  readonly timeoutMs: number;
  readonly onMail: (outcome: MailOutcome) => void;
  readonly onUpstream?: OnUpstream<"send">;
}

/** Sends mails by SMTP, each over a connection of its own. Nodemailer is loaded with the first mail. */
export function smtpMailer(options: SmtpMailerOptions): Mailer {
  const { onUpstream = () => {} } = options;
  const transport = once(() => createTransport(options));
  return {
    sendInvitation: async (mail, signal) => deliver(mail.to, invitationText(mail, options), signal),
    sendDomainMissing: async (mail, signal) => deliver(mail.to, domainText(mail, options), signal),
    sendRestoreRequest: async (mail, signal) => deliver(mail.to, restoreText(mail, options), signal),
    sendClosing: async (mail, signal) => deliver(mail.to, closingText(mail, options), signal),
  };

  async function deliver(to: CanonicalEmail, text: MailText, signal: AbortSignal): Promise<void> {
    const sent = await timed(
      () => send(to, text, signal),
      (outcome, ms) => onUpstream("send", outcome, ms),
    ).catch(failureOf);
    const failure = sent instanceof MailFailed ? sent : null;
    const responseCode = sent instanceof MailFailed ? sent.responseCode : sent;
    options.onMail({ outcome: failure === null ? "sent" : "failed", responseCode, failure });
    if (failure !== null) throw failure;
  }

  /** @returns the server's reply code */
  async function send(
    to: CanonicalEmail,
    { subject, ...parts }: MailText,
    signal: AbortSignal,
  ): Promise<number | null> {
    // The type says so already. A mail to an address with a line end could be anybody's.
    if (parseEmail(to) !== to) throw new TypeError("the address is not canonical");
    return within(options.timeoutMs, signal, async (limit) => {
      limit.throwIfAborted();
      const smtp = await transport();
      const { response } = await smtp.sendMail({
        ...parts,
        from: options.from,
        to: { name: "", address: to },
        headers: {
          "Auto-Submitted": "auto-generated", // RFC 3834 §5: no out-of-office replies
          Subject: subject.includes("=?") ? encoded(subject) : subject,
        },
        signal: limit,
      });
      return codeOf(response);
    });
  }
}

/**
 * A subject of encoded words alone (RFC 2047): Nodemailer leaves as it is what looks like one already, and mail programs
 * would show what it stands for.
 */
function encoded(subject: string) {
  const words = subject.match(/.{1,11}/gsu) ?? []; // at most 75 characters each, and no character in two
  const value = words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString("base64")}?=`).join(" ");
  return { prepared: true, foldLines: true, value };
}

async function createTransport({ server, timeoutMs }: SmtpMailerOptions) {
  const nodemailer = await import("nodemailer");
  const { host, port, tls, credentials } = server;
  return nodemailer.createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    tls: { rejectUnauthorized: true },
    ...(credentials && { auth: { user: credentials.user, pass: credentials.password } }),
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });
}

function failureOf(cause: unknown): MailFailed {
  const responseCode =
    cause instanceof Error && "responseCode" in cause && typeof cause.responseCode === "number"
      ? cause.responseCode
      : null;
  return new MailFailed(describe(cause, responseCode), { cause, responseCode });
}

function describe(cause: unknown, responseCode: number | null): string {
  if (responseCode !== null) return `the mail server has refused the mail with ${responseCode}`;
  if (cause instanceof Error && ["AbortError", "TimeoutError"].includes(cause.name))
    return "the mail server has not taken the mail in time";
  return "the mail could not be handed to the mail server";
}

function codeOf(response: string): number | null {
  const [code] = /^\d{3}(?!\d)/.exec(response) ?? [];
  return code === undefined ? null : Number(code);
}
