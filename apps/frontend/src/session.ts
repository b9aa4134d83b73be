import { createFreshToken, type FreshToken } from "@platform-api/client/react";
import { ErrorResponse, UserManager } from "oidc-client-ts";
import { z } from "zod";
import type { FrontendConfig } from "./config.ts";

const route = z.object({
  connection: z.string(),
  organization: z.string().optional(),
  login_hint: z.string(),
});
const path = z
  .string()
  .regex(/^\/(?!\/)/)
  .catch("/");

/** Where somebody signs in: the parameters of the authorization request, as `discover.byEmail` gives them. */
export type SignInRoute = z.output<typeof route>;

/** The way in by the identity provider's own database of passwords. */
export function passwordRoute(email: string): SignInRoute {
  return { connection: "Username-Password-Authentication", login_hint: email };
}

/** What can go wrong between here and the identity provider. */
export type SignInFault = "IDENTITY_PROVIDER_UNAVAILABLE" | "SIGN_IN_REFUSED" | "SIGN_IN_LOST";

/** Who is here when the page has loaded; a null address: the identity provider did not say. */
export type Arrival =
  | { readonly kind: "signedIn"; readonly email: string | null }
  | { readonly kind: "signedOut" }
  | { readonly kind: "fault"; readonly fault: SignInFault };

const ROUTE_KEY = "platform.sign-in";

/** One person's sign-in, kept for this tab alone: authorization code with PKCE, renewed by refresh token. */
export class Session {
  /** One renewal for everything that is asked with this token. */
  readonly token: FreshToken;
  /** Whether the last renewal failed for want of an answer, and not because it was refused. */
  isRenewalUnanswered = false;
  readonly #users: UserManager;
  readonly #audience: string;

  constructor({ issuer, clientId, audience }: FrontendConfig) {
    this.#audience = audience;
    this.#users = new UserManager({
      authority: issuer,
      client_id: clientId,
      redirect_uri: `${location.origin}/callback`,
      post_logout_redirect_uri: `${location.origin}/`,
      scope: "openid profile email offline_access",
      requestTimeoutInSeconds: 10,
      automaticSilentRenew: false, // refresh tokens rotate: one renewal at a time, that of `token`
    });
    const token = async () => (await this.#users.getUser())?.access_token;
    this.token = createFreshToken({ token, refresh: () => this.#renew() });
  }

  /** Completes a sign-in that comes back to `/callback`. After an outage the same call can be made again. */
  async arrive(): Promise<Arrival> {
    const fault = location.pathname === "/callback" ? await this.#complete() : null;
    const user = await this.#users.getUser();
    // Whoever is signed in has only come across a callback that is over, by the back button for example.
    if (fault !== null && (user === null || fault !== "SIGN_IN_LOST")) return { kind: "fault", fault };
    if (location.pathname === "/callback") history.replaceState(null, "", "/");
    return user === null ? { kind: "signedOut" } : { kind: "signedIn", email: user.profile.email ?? null };
  }

  /** Leaves for the identity provider; resolves when the person comes back by the back button. */
  async signIn({ connection, organization, login_hint }: SignInRoute): Promise<void> {
    sessionStorage.setItem(ROUTE_KEY, JSON.stringify({ connection, organization, login_hint }));
    const extra = { audience: this.#audience, connection, ...(organization && { organization }) };
    const state = location.pathname.replace(/^\/callback$/, "/");
    await this.#users.signinRedirect({ login_hint, state, extraQueryParams: extra });
  }

  /** How the last sign-in of this tab went. */
  lastRoute(): SignInRoute | null {
    return route.safeParse(JSON.parse(sessionStorage.getItem(ROUTE_KEY) ?? "null")).data ?? null;
  }

  /** Forgets the person here, and not at the identity provider. */
  forget = (): Promise<void> => this.#users.removeUser();

  /** Forgets the person here, then leaves to do so there. @throws when there is no answer */
  signOut = (): Promise<void> => this.#users.signoutRedirect();

  async #renew(): Promise<string | null> {
    const user = await this.#users.getUser();
    if (!user?.refresh_token) return null;
    try {
      const renewed = await this.#users.signinSilent();
      this.isRenewalUnanswered = false;
      return renewed?.access_token ?? null;
    } catch (error) {
      this.isRenewalUnanswered = isUnanswered(error);
      throw error;
    }
  }

  async #complete(): Promise<SignInFault | null> {
    const { stateStore } = this.#users.settings;
    const key = new URLSearchParams(location.search).get("state") ?? "";
    const stored = key && (await stateStore.get(key));
    if (!stored) return "SIGN_IN_LOST";
    try {
      const user = await this.#users.signinCallback();
      history.replaceState(null, "", path.parse(user?.state));
      return null;
    } catch (error) {
      if (!isUnanswered(error)) return hasCode(error, "invalid_grant") ? "SIGN_IN_LOST" : "SIGN_IN_REFUSED";
      await stateStore.set(key, stored); // the code was not used: it can be tried once more
      return "IDENTITY_PROVIDER_UNAVAILABLE";
    }
  }
}

function isUnanswered(error: unknown): boolean {
  return !(error instanceof ErrorResponse) || hasCode(error, "server_error", "temporarily_unavailable");
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof ErrorResponse && error.error !== null && codes.includes(error.error);
}
