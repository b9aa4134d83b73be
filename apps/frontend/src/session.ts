import { createFreshToken, type FreshToken } from "@platform-api/client/react";
import { ErrorResponse, type User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { z } from "zod";
import type { FrontendConfig } from "./config.ts";

const path = z.catch(z.string().regex(/^\/(?!\/)/), "/");

/** The parameters of the authorization request, as `discover.byEmail` returns them. */
export interface SignInRoute {
  readonly connection: string;
  readonly organization?: string | undefined;
  readonly login_hint: string;
}

/** The reasons why a sign-in can fail at the identity provider. */
export type SignInProblem = "IDENTITY_PROVIDER_UNAVAILABLE" | "SIGN_IN_REFUSED" | "SIGN_IN_LOST";

/** The state of the sign-in after the page has loaded. The address is null if the identity provider did not send one. */
export type Arrival =
  | { readonly kind: "signedIn"; readonly email: string | null }
  | { readonly kind: "signedOut" }
  | { readonly kind: "problem"; readonly problem: SignInProblem };

const OUTAGES = new Set<unknown>(["server_error", "temporarily_unavailable"]);
/** The refusals of a token endpoint (RFC 6749 §5.2). Any other code comes from a gateway or means that it is busy. */
const REFUSALS = new Set<unknown>(
  "invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type invalid_scope access_denied".split(
    " ",
  ),
);

/** Ignores writes after sign-out, so that an in-flight renewal cannot restore the session. */
class UserStore extends WebStorageStateStore {
  timesForgotten = 0;
  override async set(key: string, value: string): Promise<void> {
    if (this.timesForgotten === 0) await super.set(key, value);
  }
}

/** The sign-in of this tab: authorization code with PKCE, renewed by refresh token. */
export class Session {
  /** All calls with this token share one renewal. */
  readonly token: FreshToken;
  /** Whether the last renewal failed without an answer, as opposed to a refusal. */
  isRenewalUnanswered = false;
  readonly #users: UserManager;
  readonly #store = new UserStore({ store: sessionStorage });
  /** Tells the other tabs which subject has signed out. */
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
      automaticSilentRenew: false, // refresh tokens rotate, so only `token` renews, one at a time
    });
    const token = async () => (await this.#user())?.access_token;
    this.token = createFreshToken({ token, refresh: () => this.#renew() });
  }

  /** Completes a sign-in that returns to `/callback`. After an outage it can be called again. */
  async arrive(): Promise<Arrival> {
    const problem = location.pathname === "/callback" ? await this.#complete() : null;
    const user = await this.#user();
    // The callback is only needed again if the identity provider did not answer.
    const isOver = location.pathname === "/callback" && problem !== "IDENTITY_PROVIDER_UNAVAILABLE";
    if (isOver) history.replaceState(null, "", "/");
    // A signed-in user can reach an old callback, for example with the back button. That is not a problem.
    if (problem !== null && (user === null || problem !== "SIGN_IN_LOST"))
      return { kind: "problem", problem };
    return user === null ? { kind: "signedOut" } : { kind: "signedIn", email: user.profile.email ?? null };
  }

  /** Goes to the identity provider. Resolves when the user returns with the back button. */
  async signIn({ connection, organization, login_hint }: SignInRoute): Promise<void> {
    const state = location.pathname.replace(/^\/callback$/, "/");
    const where = { connection, ...(organization && { organization }) };
    const extraQueryParams = { ...this.#users.settings.extraQueryParams, ...where };
    const { timesForgotten } = this.#store;
    await this.#users.metadataService.getMetadata(); // slow, so the user may have chosen another address by then
    if (this.#store.timesForgotten !== timesForgotten) return;
    await this.#users.signinRedirect({ login_hint, state, extraQueryParams });
  }

  /** Signs out of this tab, but not of the identity provider. */
  forget(): Promise<void> {
    this.#store.timesForgotten += 1;
    if (location.pathname === "/callback") history.replaceState(null, "", "/"); // otherwise a reload would complete the sign-in
    return this.#users.removeUser();
  }

  /** Signs out of every tab, then of the identity provider. @throws if it does not answer */
  async signOut(): Promise<void> {
    this.#signOuts.postMessage((await this.#user())?.profile.sub);
    this.#store.timesForgotten += 1;
    await this.#users.signoutRedirect();
  }

  /** Calls the listener after the user of this tab has signed out in another one. */
  whenSignedOutElsewhere(listener: () => void): void {
    this.#signOuts.onmessage = async ({ data }) =>
      data && (await this.#user())?.profile.sub === data && this.forget().then(listener);
  }

  /** The stored user. An unreadable entry counts as signed out, and the next sign-in overwrites it. */
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

  async #complete(): Promise<SignInProblem | null> {
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
      await stateStore.set(key, stored); // the code was not used, so it can be tried again
      return "IDENTITY_PROVIDER_UNAVAILABLE";
    }
  }
}

/** The error code of the identity provider. Any other response counts as an outage. */
function codeOf(error: unknown): string | null {
  return error instanceof ErrorResponse ? error.error : "server_error";
}
