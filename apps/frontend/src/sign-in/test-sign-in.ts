import { ErrorResponse, InMemoryWebStorage, OidcClient, WebStorageStateStore } from "oidc-client-ts";
import type { FrontendConfig } from "../app/config/config.ts";
import { openOwnWindow } from "../app/routing/own-window.ts";

/** Marks the answers of test sign-ins, which share the callback with real ones. */
const MARK = "test-sign-in";
const CHANNEL = "platform.test-sign-in";
/** How often to look whether the window has been closed. Nothing else tells it. */
const LOOK_MS = 500;
/** How long after the window has been closed its answer may still arrive. */
const LATE_MS = 1_000;

/** Where a test sign-in goes. Without `login_hint` the identity provider asks for the address. */
export interface TestRoute {
  readonly connection: string;
  readonly organization?: string | undefined;
  readonly login_hint?: string | undefined;
}

/** How a test sign-in ended. `saw` is what the identity provider said. */
export type TestSignInEnd =
  | { readonly kind: "signedIn"; readonly token: string }
  | { readonly kind: "refused"; readonly saw: string }
  | { readonly kind: "unavailable" };

/** @returns null if the browser has blocked it. Call it in the press of a button. */
export function openTestWindow(to: string): Window | null {
  return openOwnWindow(`Taking you to ${to}`, "popup,width=520,height=720");
}

/** The part of a window that a test sign-in needs. */
interface TestWindow {
  readonly closed: boolean;
  readonly location: Pick<Location, "replace">;
  close(): void;
}

export interface TestSignInOptions {
  readonly config: Pick<FrontendConfig, "issuer" | "clientId" | "audience">;
  readonly popup: TestWindow;
  readonly route: TestRoute;
  /** Ends the test and closes the window. */
  readonly signal: AbortSignal;
  /**
   * The window seems to have been closed. An identity provider that isolates its pages (`Cross-Origin-Opener-Policy`)
   * makes an open window look closed, so an answer can still follow.
   */
  readonly onClosed: () => void;
}

/**
 * Signs in for a token, and keeps nothing of it: neither the session of this tab nor anything that is stored changes, and
 * the token cannot be renewed. It always asks the identity provider for a fresh sign-in.
 */
export async function signInForTest(options: TestSignInOptions): Promise<TestSignInEnd> {
  const { config, popup, route, signal, onClosed } = options;
  const end = () => popup.close();
  signal.addEventListener("abort", end);
  const client = clientOf(config);
  const { connection, organization, login_hint } = route;
  const where = { connection, ...(organization && { organization }), audience: config.audience };
  try {
    const { url, state } = await client.createSigninRequest({
      url_state: MARK,
      prompt: "login",
      extraQueryParams: where,
      ...(login_hint && { login_hint }),
    });
    const answering = answerTo(state.id, { popup, signal, onClosed });
    popup.location.replace(url);
    const answer = await answering;
    end();
    const { access_token } = await client.processSigninResponse(answer);
    return { kind: "signedIn", token: access_token };
  } catch (error) {
    signal.throwIfAborted();
    end();
    return error instanceof ErrorResponse && !OUTAGES.has(error.error)
      ? { kind: "refused", saw: error.error_description ?? error.error ?? "no reason" }
      : { kind: "unavailable" };
  } finally {
    signal.removeEventListener("abort", end);
  }
}

const OUTAGES = new Set<string | null>(["server_error", "temporarily_unavailable"]);

function clientOf({ issuer, clientId }: TestSignInOptions["config"]): OidcClient {
  return new OidcClient({
    authority: issuer,
    client_id: clientId,
    redirect_uri: `${location.origin}/callback`,
    scope: "openid profile email",
    requestTimeoutInSeconds: 10,
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  });
}

/** The address that the window returns to. */
function answerTo(
  id: string,
  { popup, signal, onClosed }: Pick<TestSignInOptions, "popup" | "signal" | "onClosed">,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(CHANNEL);
    let closing: ReturnType<typeof setTimeout> | undefined;
    const looking = setInterval(() => {
      if (!popup.closed) return;
      clearInterval(looking);
      closing = setTimeout(onClosed, LATE_MS);
    }, LOOK_MS);
    const end = () => {
      clearInterval(looking);
      clearTimeout(closing);
      channel.close();
    };
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "string" || idOf(new URL(data)) !== id) return;
      end();
      resolve(data);
    };
    signal.addEventListener("abort", () => {
      end();
      reject(signal.reason);
    });
  });
}

/**
 * In the window of a test sign-in that has returned: hands the answer to the page that waits for it.
 * @returns whether this is such a window; nothing else must then be done with the answer
 */
export function handOverTestSignIn(): boolean {
  if (location.pathname !== "/callback" || idOf(new URL(location.href)) === null) return false;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(location.href);
  channel.close();
  history.replaceState(null, "", "/callback"); // the code is used once
  return true;
}

/** The id of the test sign-in that the address answers. Null for any other answer. */
function idOf({ searchParams }: URL): string | null {
  const [id = "", mark] = (searchParams.get("state") ?? "").split(";");
  return mark === MARK ? id : null;
}
