import { createFreshToken, type FreshToken } from "@platform-api/client/react";
import { ErrorResponse, UserManager } from "oidc-client-ts";
import { z } from "zod";
import type { FrontendConfig } from "./config.ts";

const routeSchema = z.object({
  connection: z.string(),
  organization: z.string().optional(),
  login_hint: z.string(),
});

/** Where somebody signs in: the parameters of the authorization request, as `discover.byEmail` gives them. */
export type SignInRoute = z.output<typeof routeSchema>;

/** The way in by the identity provider's own database of passwords. */
export function passwordRoute(email: string): SignInRoute {
  return { connection: "Username-Password-Authentication", login_hint: email };
}

/** What can go wrong between here and the identity provider. */
export type SignInFault = "IDENTITY_PROVIDER_UNAVAILABLE" | "SIGN_IN_REFUSED" | "SIGN_IN_LOST";

/** Who is here when the page has loaded. */
export type Arrival =
  | { readonly kind: "signedIn"; readonly email: string | null }
  | { readonly kind: "signedOut" }
  | { readonly kind: "fault"; readonly fault: SignInFault };

const ROUTE_KEY = "platform.sign-in";
const pathSchema = z
  .string()
  .regex(/^\/(?!\/)/)
  .catch("/");

/** One person's sign-in, kept for this tab alone: authorization code with PKCE, renewed by refresh token. */
export class Session {
  /** One renewal for everything that is asked with this token. */
  readonly token: FreshToken;
  readonly #users: UserManager;
  readonly #audience: string;
  /** Whether the last renewal failed for want of an answer, and not because it was refused. */
  isRenewalUnanswered = false;

  constructor({ issuer, clientId, audience }: FrontendConfig) {
    this.#audience = audience;
    this.#users = new UserManager({
      authority: issuer,
      client_id: clientId,
      redirect_uri: `${location.origin}/callback`,
      post_logout_redirect_uri: `${location.origin}/`,
      scope: "openid profile email offline_access",
      requestTimeoutInSeconds: 10,
      // Refresh tokens rotate: a second renewal beside the one of `token` would end the session.
      automaticSilentRenew: false,
    });
    this.token = createFreshToken({
      token: async () => (await this.#users.getUser())?.access_token,
      refresh: () => this.#renew(),
    });
  }

  /** Completes a sign-in that comes back to `/callback`. After an outage the same call can be made again. */
  async arrive(): Promise<Arrival> {
    const fault = location.pathname === "/callback" ? await this.#complete() : null;
    const user = await this.#users.getUser();
    // Whoever is signed in has only come across a callback that is over, by the back button for example.
    if (fault !== null && (user === null || fault !== "SIGN_IN_LOST")) return { kind: "fault", fault };
    if (location.pathname === "/callback") history.replaceState(null, "", pathSchema.parse(user?.state));
    return user === null ? { kind: "signedOut" } : { kind: "signedIn", email: user.profile.email ?? null };
  }

  /** Leaves for the identity provider; resolves when the person comes back by the back button. */
  async signIn(route: SignInRoute): Promise<void> {
    sessionStorage.setItem(ROUTE_KEY, JSON.stringify(route));
    const { connection, organization, login_hint } = route;
    const authorize = { connection, ...(organization !== undefined && { organization }) };
    const state = location.pathname === "/callback" ? "/" : location.pathname;
    await this.#users.signinRedirect({
      login_hint,
      state,
      extraQueryParams: { ...authorize, audience: this.#audience },
    });
  }

  /** How the last sign-in of this tab went. */
  lastRoute(): SignInRoute | null {
    return routeSchema.safeParse(JSON.parse(sessionStorage.getItem(ROUTE_KEY) ?? "null")).data ?? null;
  }

  /** Forgets the person here, and not at the identity provider. */
  async forget(): Promise<void> {
    await this.#users.removeUser();
  }

  /** Forgets the person here, then leaves to do so there. @throws when there is no answer */
  async signOut(): Promise<void> {
    await this.#users.signoutRedirect();
  }

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
    const stored = key === "" ? null : await stateStore.get(key);
    if (stored === null) return "SIGN_IN_LOST";
    try {
      await this.#users.signinCallback();
      return null;
    } catch (error) {
      if (isUnanswered(error)) {
        await stateStore.set(key, stored);
        return "IDENTITY_PROVIDER_UNAVAILABLE";
      }
      return error instanceof ErrorResponse && error.error === "invalid_grant"
        ? "SIGN_IN_LOST"
        : "SIGN_IN_REFUSED";
    }
  }
}

const OUTAGES: readonly (string | null)[] = ["server_error", "temporarily_unavailable"];

function isUnanswered(error: unknown): boolean {
  return !(error instanceof ErrorResponse) || OUTAGES.includes(error.error);
}
