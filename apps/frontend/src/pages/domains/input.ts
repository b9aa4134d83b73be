import { isPlatformError } from "@platform-api/client";
import type { AppReason } from "../../app/problems/problems.ts";

/** The mail domains that most people have. The server knows thousands more, and says so when one is added. */
const FREE_MAIL = new Set(
  `aol.com fastmail.com free.fr gmail.com gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.com icloud.com libero.it
  live.com mail.com mail.ru me.com msn.com outlook.com pm.me proton.me protonmail.com qq.com t-online.de web.de yahoo.com
  yandex.ru zoho.com`.split(/\s+/),
);

/** The domain of the user's own address, if a company can own it and it is not listed yet. Else empty. */
export function suggestedDomain(email: string | null, listed: readonly string[]): string {
  const domain = email?.split("@")[1] ?? "";
  return FREE_MAIL.has(domain) || listed.includes(domain) ? "" : domain;
}

/** The domain in what the user entered, which may also be an address or a link: nobody has to know the difference. */
export function domainIn(text: string): string {
  const plain = text.trim().toLowerCase();
  const isLink = plain.includes("://");
  const host = plain
    .replace(/^[a-z]+:\/\//, "")
    .replace(/[/?#].*$/, "")
    .replace(/^.*@/, "")
    .replace(/:\d*$/, "")
    .replace(/\.$/, "");
  return isLink ? host.replace(/^www\./, "") : host;
}

/** These are about the domain itself, so the field shows them. All others are about the request. */
export function isAboutDomain(reason: AppReason): boolean {
  return reason === "INPUT_INVALID" || reason === "LIMIT_REACHED" || reason === "NOT_READY";
}

/** The server's own words for why it refused, as a sentence. Null without any. */
export function refusalText(error: unknown, domain: string): string | null {
  const message = isPlatformError(error) ? error.message : "";
  const hint = message.slice(message.indexOf(": ") + 2).trim();
  if (!message.includes(": ") || hint === "") return null;
  if (hint.startsWith("domain: ")) return "Enter a domain, such as acme.example.";
  const named = hint.replace(/^the domain /, `${domain} `);
  const sentence = named === hint ? `${hint.charAt(0).toUpperCase()}${hint.slice(1)}` : named;
  return `${sentence}.`;
}
