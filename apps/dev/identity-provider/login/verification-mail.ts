import { html } from "../pages/html.ts";

export interface VerificationMail {
  /** Such as `smtp://127.0.0.1:4008`. */
  readonly smtpUrl: string;
  readonly email: string;
  readonly link: string;
}

const PRODUCT = "Platform";
const SUBJECT = "Verify your e-mail address";
const SENDER = `${PRODUCT} <no-reply@platform.example>`;
const LIFETIME = "The link works for one day. If you did not ask for it, ignore this e-mail.";
/** As the mails of platform-api look. */
const BODY =
  "margin:0;padding:24px 12px;background:#f4f5f7;color:#16191f;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif";
const CARD =
  "max-width:480px;margin:0 auto;padding:32px;border:1px solid #dfe2e7;border-radius:14px;background:#ffffff;overflow-wrap:anywhere";
const BUTTON =
  "display:inline-block;padding:12px 20px;border-radius:8px;background:#4b50c8;color:#ffffff;font-weight:600;text-decoration:none";
const TIMEOUT_MS = 5_000;

/** @throws when the mail server does not take it */
export async function sendVerificationMail({ smtpUrl, email, link }: VerificationMail): Promise<void> {
  const { createTransport } = await import("nodemailer"); // slow to load
  const { hostname, port } = new URL(smtpUrl);
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const smtp = createTransport({ host: hostname, port: Number(port), ignoreTLS: true, ...timeouts });
  const what = `Confirm that ${email} is your address:`;
  await smtp.sendMail({
    from: SENDER,
    to: { name: "", address: email },
    subject: SUBJECT,
    text: `${what}\n\n${link}\n\n${LIFETIME}\n`,
    html: html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${SUBJECT}</title></head>
<body style="${BODY}">
<div style="${CARD}">
<p style="margin:0 0 24px;font-weight:600">${PRODUCT}</p>
<h1 style="margin:0 0 12px;font-size:22px;line-height:1.3">Confirm that this is your address</h1>
<p style="margin:0">${email}</p>
<p style="margin:24px 0"><a href="${link}" style="${BUTTON}">Verify my address</a></p>
<p style="margin:0;color:#5a6270;font-size:14px">${LIFETIME}</p>
</div>
</body>
</html>
`.text,
  });
}
