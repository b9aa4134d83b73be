import { simpleParser } from "mailparser";

/** A mail as `/mails.json` has it. */
export interface Mail {
  readonly id: string;
  /** The addresses it was sent to, separated by commas. */
  readonly to: string;
  /** The From header, such as `Platform <no-reply@platform.example>`. */
  readonly from: string;
  readonly subject: string;
  /** Empty without such a part. */
  readonly text: string;
  readonly html: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
}

/** A mail, and what came over the wire. */
export interface ReceivedMail extends Mail {
  /** All headers and parts, undecoded. */
  readonly source: string;
}

/** Older ones are forgotten. */
const MAX_MAILS = 200;

/** The mails that were received, in memory. */
export class Mails {
  /** Newest first. */
  readonly all: ReceivedMail[] = [];
  #count = 0;

  async add(source: Buffer, recipients: readonly string[]): Promise<void> {
    const { from, subject = "", text = "", html } = await simpleParser(source);
    this.#count += 1;
    this.all.unshift({
      id: String(this.#count),
      to: recipients.join(", "),
      from: from?.text ?? "",
      subject,
      text,
      html: html || "",
      receivedAt: new Date().toISOString(),
      source: source.toString("latin1"),
    });
    this.all.splice(MAX_MAILS);
  }

  clear(): void {
    this.all.length = 0;
  }
}
