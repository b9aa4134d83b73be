import type { PlatformClient } from "@platform-api/client";
import type { Connection } from "../connection/connection.ts";

/** A refused sign-in, as `org.refusals.list` answers it. */
export type RecentRefusal = Awaited<ReturnType<PlatformClient["org"]["refusals"]["list"]["query"]>>[number];

/** Who was refused, as far as the organization may know. */
export function whoText({ email, domain }: Pick<RecentRefusal, "email" | "domain">): string {
  return email ?? (domain === null ? "Somebody without an address" : `Somebody at ${domain}`);
}

/** Where a connection of the organization stands; null for anything else. */
type Used = Pick<Connection, "displayName" | "state"> | null;

type Told = Pick<RecentRefusal, "domain" | "connection" | "cure"> & { readonly used: Used };

const SENTENCES: Readonly<Record<RecentRefusal["reason"], (told: Told) => string>> = {
  EMAIL_MISSING: ({ used }) =>
    `${used?.displayName ?? "The sign-in"} does not share e-mail addresses. Let your identity provider include them.`,
  EMAIL_INVALID: ({ used }) =>
    `${used?.displayName ?? "The sign-in"} shared an address that is not valid. Correct it at your identity provider.`,
  DOMAIN_NOT_ALLOWED({ domain, cure, used }) {
    if (used === null) return "They used a sign-in that is not connected any more.";
    if (used.state === "disabled") return `${used.displayName} is switched off. Switch it on above.`;
    const why = `They came through ${used.displayName}, but ${domain} was not a verified domain of yours.`;
    if (cure === "verify-domain") return `${why} Verify it, and people with its addresses can join.`;
    if (cure === "none-needed") return why;
    return `Nobody can verify ${domain}. They need an address at a domain of yours.`;
  },
  SSO_REQUIRED: ({ connection }) =>
    `They signed in with ${wayText(connection)}, but single sign-on is required.`,
  IDENTITY_CONFLICT: () => "Another account has this address already. Ask support to settle it.",
  IDENTITY_BLOCKED: () => "Their account is blocked. If that is a mistake, ask support.",
  NOT_A_MEMBER: () => "They signed in, but nobody has invited them.",
  MEMBERSHIP_REMOVED: () => "They were removed from the organization.",
};

/** Why, and what to do where no button does it. */
export function sentenceOf(refusal: RecentRefusal, connections: readonly Connection[]): string {
  const used = connections.find(({ name }) => name === refusal.connection) ?? null;
  const why = SENTENCES[refusal.reason]({ ...refusal, used });
  if (refusal.cure === "ask-owner") return `${why} An owner can restore them.`;
  return refusal.cure === "none-needed" ? `${why} That has changed: they can sign in now.` : why;
}

const WAYS: Readonly<Record<string, string>> = {
  auth0: "a password",
  email: "a code by e-mail",
  "google-oauth2": "Google",
};

function wayText(connection: string | null): string {
  return (connection === null ? undefined : WAYS[connection]) ?? "another sign-in";
}

/** How often, before the time. */
export function timesText(count: number): string {
  return count === 1 ? "Once, " : `${count} times, last `;
}
