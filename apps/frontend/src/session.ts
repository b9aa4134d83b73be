import { createFreshToken, type FreshToken } from "@platform-api/client/react";
import { ErrorResponse, type User, UserManager } from "oidc-client-ts";
import { z } from "zod";
import type { FrontendConfig } from "./config.ts";

const text = z.string();
const route = z.object({ connection: text, organization: text.optional(), login_hint: text });
const path = z.catch(text.regex(/^\/(?!\/)/), "/");

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
  /** Who has signed out, from tab to tab. */
  readonly #signOuts = new BroadcastChannel("platform.sign-out");

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
    const token = async () => (await this.#user())?.access_token;
    this.token = createFreshToken({ token, refresh: () => this.#renew() });
  }

  /** Completes a sign-in that comes back to `/callback`. After an outage the same call can be made again. */
  async arrive(): Promise<Arrival> {
    const fault = location.pathname === "/callback" ? await this.#complete() : null;
    const user = await this.#user();
    // Whoever is signed in has only come across a callback that is over, by the back button for example.
    if (fault !== null && (user === null || fault !== "SIGN_IN_LOST")) return { kind: "fault", fault };
    if (location.pathname === "/callback") history.replaceState(null, "", "/");
    return user === null ? { kind: "signedOut" } : { kind: "signedIn", email: user.profile.email ?? null };
  }

  /** Leaves for the identity provider; resolves when the person comes back by the back button. */
  async signIn({ connection, organization, login_hint }: SignInRoute): Promise<void> {
    const where = { connection, ...(organization && { organization }) };
    sessionStorage.setItem(ROUTE_KEY, `${new URLSearchParams({ ...where, login_hint })}`);
    const state = location.pathname.replace(/^\/callback$/, "/");
    const extraQueryParams = { audience: this.#audience, ...where };
    await this.#users.signinRedirect({ login_hint, state, extraQueryParams });
  }

  /** How the last sign-in of this tab went. */
  lastRoute(): SignInRoute | null {
    const stored = new URLSearchParams(sessionStorage.getItem(ROUTE_KEY) ?? "");
    return route.safeParse(Object.fromEntries(stored)).data ?? null;
  }

  /** Forgets the person in this tab, and not at the identity provider. */
  async forget(): Promise<void> {
    sessionStorage.removeItem(ROUTE_KEY);
    await this.#users.removeUser();
  }

  /** Forgets the person in every tab, then leaves to do so there. @throws when there is no answer */
  async signOut(): Promise<void> {
    this.#signOuts.postMessage((await this.#user())?.profile.sub);
    sessionStorage.removeItem(ROUTE_KEY);
    await this.#users.signoutRedirect();
  }

  /** When the person of this tab has signed out in another one, and is forgotten here as well. */
  whenSignedOutElsewhere(listener: () => void): void {
    this.#signOuts.onmessage = async ({ data }) =>
      data && (await this.#user())?.profile.sub === data && this.forget().then(listener);
  }

  /** Whoever is kept for this tab; what cannot be read is nobody, and goes with the next sign-in. */
  async #user(): Promise<User | null> {
    const user = await this.#users.getUser().catch(() => null);
    return user?.access_token && user.profile?.sub ? user : null;
  }

  async #renew(): Promise<string | null> {
    const user = await this.#user();
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
