import type { PlatformClient } from "@platform-api/client";
import { PASSWORD_CONNECTION, type SignInRoute } from "../../app/session/sign-in-route.ts";

/** The answer of `auth.link`. */
export type OwnLink = Awaited<ReturnType<PlatformClient["auth"]["link"]["query"]>>;

/** What decided whose account a sign-in is, in words for its user. */
export const RULES: Readonly<Record<OwnLink["rule"], string>> = {
  claim: "The sign-in service named this account",
  "verified-domain": "Your company’s verified domain",
  "verified-email": "Your verified e-mail address",
  "report-mode": "Your e-mail address, before domains were checked",
  operator: "Set by {product}",
};

/** How somebody signed in who did so through no organization. @param route of the last sign-in in this tab, if known */
export function signInText(route: SignInRoute | null): string {
  const isPassword = route?.connection === PASSWORD_CONNECTION;
  return `${isPassword ? "With a password, not" : "Not"} through an organization’s single sign-on`;
}

/** Sign-ins that no company has set up. */
const USUAL: Readonly<Record<string, string>> = {
  auth0: "E-mail and password",
  email: "E-mail code",
  sms: "Text message code",
  "google-oauth2": "Google",
  windowslive: "Microsoft",
  apple: "Apple",
  github: "GitHub",
};

/** What a connection is called. Null for one that a company has set up: its name is shown as it is. */
export function usualName(connection: string): string | null {
  return Object.hasOwn(USUAL, connection) ? (USUAL[connection] ?? null) : null;
}
