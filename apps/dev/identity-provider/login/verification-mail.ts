import { html } from "../pages/html.ts";

export interface VerificationMail {
  /** Such as `smtp://127.0.0.1:4008`. */
  readonly smtpUrl: string;
  readonly email: string;
  readonly link: string;
}

const PRODUCT = "Platform";
const SENDER = `${PRODUCT} <no-reply@platform.example>`;
const LIFETIME = "The link works for one day. If you did not ask for it, ignore this e-mail.";
const TIMEOUT_MS = 5_000;

/** @throws when the mail server does not take it */
export async function sendVerificationMail({ smtpUrl, email, link }: VerificationMail): Promise<void> {
  const { createTransport } = await import("nodemailer"); // slow to load
  const { hostname, port } = new URL(smtpUrl);
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const smtp = createTransport({ host: hostname, port: Number(port), ignoreTLS: true, ...timeouts });
  const why = `Somebody signed in to ${PRODUCT} as ${email}, and it asks whether the address is yours.`;
  const next = "Open this link to confirm it:";
  await smtp.sendMail({
    from: SENDER,
    to: { name: "", address: email },
    subject: "Verify your e-mail address",
    text: `${why} ${next}\n\n${link}\n\n${LIFETIME}\n`,
    html: html`<p>${why} ${next}</p><p><a href="${link}">Verify my address</a></p><p>${LIFETIME}</p>`.text,
  });
}
