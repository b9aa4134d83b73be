import { createFreshToken, type FreshToken } from "@platform-api/client/react";
import { ErrorResponse, type User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import type { FrontendConfig } from "../config/config.ts";
import { isRemembered } from "./last-route.ts";
import type { SignInRoute } from "./sign-in-route.ts";
import { currentPage, signInStateOf } from "./sign-in-state.ts";

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

/** How long each half of a silent sign-in may take, before the sign-in page appears instead. */
const SILENT_MS = 4_000;

/** Ignores writes after sign-out, so that an in-flight renewal cannot restore the session. */
class UserStore extends WebStorageStateStore {
  timesForgotten = 0;
  /** Ignores users with another address than this one. */
  onlyFor: string | null = null;
  override async set(key: string, value: string): Promise<void> {
    if (this.timesForgotten === 0 && this.#isExpected(value)) await super.set(key, value);
  }
  #isExpected(user: string): boolean {
    if (this.onlyFor === null) return true;
    const { email } = JSON.parse(user).profile;
    return typeof email === "string" && email.toLowerCase() === this.onlyFor.toLowerCase();
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

  constructor({ issuer, clientId, audience }: Pick<FrontendConfig, "issuer" | "clientId" | "audience">) {
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
  async signIn(route: SignInRoute): Promise<void> {
    const { timesForgotten } = this.#store;
    await this.#users.metadataService.getMetadata(); // slow, so the user may have chosen another address by then
    if (this.#store.timesForgotten !== timesForgotten) return;
    await this.#users.signinRedirect({ ...this.#requestFor(route), state: { page: currentPage() } });
  }

  /**
   * Goes to the identity provider, which must answer without a page. `arrive` then completes the sign-in, only for the
   * address of the route, and returns to `page`. Resolves when the browser has not left in time.
   */
  async signInSilently(route: SignInRoute, page = currentPage()): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, SILENT_MS);
    const state = { page, silentFor: route.login_hint };
    const request = { ...this.#requestFor(route), state, prompt: "none", redirectMethod: "replace" } as const;
    let isLate = false;
    const metadata = this.#users.metadataService.getMetadata();
    // The redirect resolves at the `pageshow` of this very page, so it says nothing.
    const leaving = metadata.then(() => (isLate ? undefined : this.#users.signinRedirect(request)));
    await Promise.race([leaving.then(() => late, resolve), late]);
    isLate = true;
    clearTimeout(timer);
    window.stop(); // a redirect that is still pending
  }

  #requestFor({ connection, organization, login_hint, screen_hint }: SignInRoute) {
    const where = { connection, ...(organization && { organization }), ...(screen_hint && { screen_hint }) };
    return { login_hint, extraQueryParams: { ...this.#users.settings.extraQueryParams, ...where } };
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
    const { page, silentFor } = signInStateOf(stored);
    if (silentFor !== undefined) return this.#completeSilently(page, silentFor);
    try {
      await this.#users.signinCallback();
      history.replaceState(null, "", page);
      return null;
    } catch (error) {
      const code = codeOf(error);
      const isRefused = answer.has("error") ? !OUTAGES.has(code) : REFUSALS.has(code);
      if (isRefused) {
        history.replaceState(null, "", page); // the next sign-in returns there, too
        return code === "invalid_grant" ? "SIGN_IN_LOST" : "SIGN_IN_REFUSED";
      }
      await stateStore.set(key, stored); // the code was not used, so it can be tried again
      return "IDENTITY_PROVIDER_UNAVAILABLE";
    }
  }

  /** Whatever goes wrong leads to the sign-in page: the user has not asked for anything yet. */
  async #completeSilently(page: string, email: string): Promise<null> {
    const callback = location.href;
    history.replaceState(null, "", page); // at once, because a reload could not complete it again
    this.#store.onlyFor = email;
    this.#signOuts.onmessage = () => this.forget(); // of any user
    const late = new Promise((resolve) => setTimeout(resolve, SILENT_MS));
    await Promise.race([this.#users.signinCallback(callback).catch(() => null), late]);
    const isSignedIn = (await this.#user()) !== null && isRemembered(); // not after a sign-out in another tab
    if (!isSignedIn) await this.forget(); // also ignores a late answer
    this.#store.onlyFor = null;
    this.#signOuts.onmessage = null;
    return null;
  }
}

/** The error code of the identity provider. Any other response counts as an outage. */
function codeOf(error: unknown): string | null {
  return error instanceof ErrorResponse ? error.error : "server_error";
}
