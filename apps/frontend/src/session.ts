import { createFreshToken, type FreshToken } from "@platform-api/client/react";
import { ErrorResponse, type User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { z } from "zod";
import type { FrontendConfig } from "./config.ts";

const path = z.catch(z.string().regex(/^\/(?!\/)/), "/");

/** Where somebody signs in: the parameters of the authorization request, as `discover.byEmail` gives them. */
export interface SignInRoute {
  readonly connection: string;
  readonly organization?: string | undefined;
  readonly login_hint: string;
}

/** What can go wrong between here and the identity provider. */
export type SignInFault = "IDENTITY_PROVIDER_UNAVAILABLE" | "SIGN_IN_REFUSED" | "SIGN_IN_LOST";

/** Who is here when the page has loaded; a null address: the identity provider did not say. */
export type Arrival =
  | { readonly kind: "signedIn"; readonly email: string | null }
  | { readonly kind: "signedOut" }
  | { readonly kind: "fault"; readonly fault: SignInFault };

const OUTAGES = new Set<unknown>(["server_error", "temporarily_unavailable"]);
/** What a token endpoint refuses for (RFC 6749 §5.2); any other word is a gateway's, or that it is too busy. */
const REFUSALS = new Set<unknown>(
  "invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type invalid_scope access_denied".split(
    " ",
  ),
);

/** Keeps nobody once somebody was forgotten: what is still under way, a renewal say, must not bring them back. */
class UserStore extends WebStorageStateStore {
  timesForgotten = 0;
  override async set(key: string, value: string): Promise<void> {
    if (this.timesForgotten === 0) await super.set(key, value);
  }
}

/** One person's sign-in, kept for this tab alone: authorization code with PKCE, renewed by refresh token. */
export class Session {
  /** One renewal for everything that is asked with this token. */
  readonly token: FreshToken;
  /** Whether the last renewal failed for want of an answer, and not because it was refused. */
  isRenewalUnanswered = false;
  readonly #users: UserManager;
  readonly #store = new UserStore({ store: sessionStorage });
  /** Who has signed out, from tab to tab. */
  readonly #signOuts = new BroadcastChannel("platform.sign-out");

  constructor({ issuer, clientId, audience }: FrontendConfig) {
    this.#users = new UserManager({
      authority: issuer,
      userStore: this.#store,
      client_id: clientId,
      redirect_uri: `${location.origin}/callback`,
      post_logout_redirect_uri: `${location.origin}/`,
      scope: "openid profile email offline_access",
      extraQueryParams: { audience },
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
    // Only a callback that could not be asked about is of any more use; it stays for the next try.
    const isOver = location.pathname === "/callback" && fault !== "IDENTITY_PROVIDER_UNAVAILABLE";
    if (isOver) history.replaceState(null, "", "/");
    // Whoever is signed in has only come across a callback that is over, by the back button for example.
    if (fault !== null && (user === null || fault !== "SIGN_IN_LOST")) return { kind: "fault", fault };
    return user === null ? { kind: "signedOut" } : { kind: "signedIn", email: user.profile.email ?? null };
  }

  /** Leaves for the identity provider; resolves when the person comes back by the back button. */
  async signIn({ connection, organization, login_hint }: SignInRoute): Promise<void> {
    const state = location.pathname.replace(/^\/callback$/, "/");
    const where = { connection, ...(organization && { organization }) };
    const extraQueryParams = { ...this.#users.settings.extraQueryParams, ...where };
    const { timesForgotten } = this.#store;
    await this.#users.metadataService.getMetadata(); // what may take long; by then they may have turned to another address
    if (this.#store.timesForgotten !== timesForgotten) return;
    await this.#users.signinRedirect({ login_hint, state, extraQueryParams });
  }

  /** Forgets the person in this tab, and not at the identity provider. */
  forget(): Promise<void> {
    this.#store.timesForgotten += 1;
    if (location.pathname === "/callback") history.replaceState(null, "", "/"); // else a reload would complete it
    return this.#users.removeUser();
  }

  /** Forgets the person in every tab, then leaves to do so there. @throws when there is no answer */
  async signOut(): Promise<void> {
    this.#signOuts.postMessage((await this.#user())?.profile.sub);
    this.#store.timesForgotten += 1;
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
    const renewal = this.#users.signinSilent();
    const isUnanswered = (error: unknown) => !REFUSALS.has(codeOf(error));
    this.isRenewalUnanswered = await renewal.then(() => false, isUnanswered);
    const renewed = await renewal;
    return this.#store.timesForgotten === 0 ? (renewed?.access_token ?? null) : null;
  }

  async #complete(): Promise<SignInFault | null> {
    const { stateStore } = this.#users.settings;
    const answer = new URLSearchParams(location.search);
    const key = answer.get("state") ?? "";
    const stored = key && (await stateStore.get(key));
    if (!stored) return "SIGN_IN_LOST";
    try {
      const user = await this.#users.signinCallback();
      history.replaceState(null, "", path.parse(user?.state));
      return null;
    } catch (error) {
      const code = codeOf(error);
      const isRefused = answer.has("error") ? !OUTAGES.has(code) : REFUSALS.has(code);
      if (isRefused) return code === "invalid_grant" ? "SIGN_IN_LOST" : "SIGN_IN_REFUSED";
      await stateStore.set(key, stored); // the code was not used: it can be tried once more
      return "IDENTITY_PROVIDER_UNAVAILABLE";
    }
  }
}

/** The identity provider's own word; whatever came in place of its answer is an outage too. */
function codeOf(error: unknown): string | null {
  return error instanceof ErrorResponse ? error.error : "server_error";
}
