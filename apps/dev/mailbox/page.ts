import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Html, html } from "../identity-provider/pages/html.ts";
import type { Mail } from "./mails.ts";

const style = ["../identity-provider/pages/page.css", "mailbox.css"]
  .map((file) => readFileSync(new URL(file, import.meta.url), "utf8"))
  .join("");
const styleHash = createHash("sha256").update(style).digest("base64");

/** Shows what has arrived since the page was loaded. */
export const REFRESH_SCRIPT = readFileSync(new URL("refresh.js", import.meta.url), "utf8");

/** The page has no third-party content, and no script but ours, which no mail can be. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; script-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** A mail runs no script and loads nothing but pictures, wherever it is opened. Its links open in a new tab. */
export const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; form-action 'none'; frame-ancestors 'self'";

/** What changes with every mail that arrives, and when all are deleted. */
export function newestOf([newest]: readonly Mail[]): string {
  return newest === undefined ? "none" : keyOf(newest);
}

/** Also tells apart what two runs of the mailbox have received. */
function keyOf({ id, receivedAt }: Mail): string {
  return `mail-${id}-${Date.parse(receivedAt)}`;
}

/** Lists the mails in the order given, the first one open. */
export function mailboxPage(mails: readonly Mail[]): string {
  const count = mails.length === 1 ? "1 mail" : `${mails.length} mails`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${count} · Mailbox</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
<script type="module" src="/refresh.js"></script>
</head>
<body data-newest="${newestOf(mails)}">
<main>
<header>
<span class="mark" aria-hidden="true">M</span>
<p><strong>Mailbox</strong><span>Mails that the stack has sent</span></p>
</header>
<h1>${count}</h1>
<p class="lead" role="status">${mails.length === 0 ? "No mail has arrived yet. What arrives appears here." : "Newest first. What arrives appears here."}</p>
${mails.map(mailItem)}
</main>
<footer>Development mailbox. It takes mails to any address and delivers none.</footer>
</body>
</html>`.text;
}

function mailItem(mail: Mail, index: number): Html {
  return html`<details class="mail" id="${keyOf(mail)}"${index === 0 ? new Html(" open") : null}>
<summary><strong>${mail.subject}</strong><span>to ${mail.to}</span><time datetime="${mail.receivedAt}">${mail.receivedAt.slice(0, 19).replace("T", " ")} UTC</time></summary>
<p class="hint">from ${mail.from}</p>
<h2>Text</h2>
<pre>${mail.text}</pre>
${
  mail.html === ""
    ? null
    : html`<h2>HTML</h2>
<iframe src="/mails/${mail.id}/html" title="The mail to ${mail.to} as HTML" loading="lazy" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`
}
</details>`;
}

/** The HTML of a mail, for the frame. */
export function mailHtml({ html: markup }: Mail): string {
  return `<!doctype html><base target="_blank">${markup.replace(/^\s*<!doctype[^>]*>/i, "")}`;
}
