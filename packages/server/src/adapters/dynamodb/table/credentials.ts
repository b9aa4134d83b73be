import type { defaultProvider } from "@aws-sdk/credential-provider-node";
import { abortable, causeOf } from "../../../domain/index.ts";
import { MAX_TIMER_MS } from "../../../wire/index.ts";
import { sendRequest } from "./store-request.ts";

/** What signs the requests to the store. */
export type Credentials = Awaited<ReturnType<ReturnType<typeof defaultProvider>>>;

/** The result of one load, for logs. `problem` is the error's code or name, as its message may quote a secret. */
export type CredentialsLoad =
  | { readonly outcome: "loaded"; readonly expiresAt: string | null }
  | { readonly outcome: "failed"; readonly problem: string | null };

/** The store's credentials. Loading has its own deadline because credential endpoints are slower than the store. */
export interface StoreCredentials {
  /** Returns the loaded credentials until they expire. Otherwise waits for a load, at most its deadline. */
  provide(): Promise<Credentials>;
  /** Whether a load has ever succeeded: part of `/readyz`. */
  loaded(): boolean;
  /**
   * Waits until they are loaded.
   * @throws {Refusal} STORE_UNAVAILABLE when the deadline passes or `signal` aborts first
   */
  load(signal: AbortSignal): Promise<void>;
  /** Starts to load them without waiting, and renews them before they expire. `onLoad` must not throw. */
  start(onLoad: (load: CredentialsLoad) => void): void;
  /** Stops the renewals. */
  close(): void;
}

/** For one request to a credential endpoint. */
const ATTEMPT_MS = 5_000;
/** For one load, with all of its requests. */
const DEADLINE_MS = 10_000;
/** The SDK renews them this early too: the endpoints have new ones by then. */
const RENEW_BEFORE_MS = 300_000;
const MIN_RENEWAL_MS = 30_000;
const RETRY_MS = 2_000;
/** For the SDK, which would otherwise write warnings to stderr. */
export const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** The embedded store accepts any signature. */
export const PLACEHOLDERS: StoreCredentials = {
  provide: async () => ({ accessKeyId: "local", secretAccessKey: "local" }),
  loaded: () => true,
  load: async () => {},
  start() {},
  close() {},
};

/**
 * Loads from the SDK's usual places: environment, profile, web identity (STS), container, instance. Each load uses a
 * new chain, because a memoized one waits forever for a container endpoint that never answers.
 */
export function fromUsualPlaces(region: string): () => Promise<Credentials> {
  const requestHandler = {
    connectionTimeout: ATTEMPT_MS,
    requestTimeout: ATTEMPT_MS,
    throwOnRequestTimeout: true,
    socketTimeout: ATTEMPT_MS,
    logger: SILENT,
  };
  const init = {
    timeout: ATTEMPT_MS,
    maxRetries: 0, // between retries it would wait as long as the timeout
    logger: SILENT,
    parentClientConfig: { region, requestHandler, logger: SILENT }, // for the clients of STS and SSO
  };
  // Loaded here, because `serve` listens sooner without it.
  return async () => (await import("@aws-sdk/credential-provider-node")).defaultProvider(init)();
}

export function loadedCredentials(
  source: () => Promise<Credentials>,
  deadlineMs = DEADLINE_MS,
): StoreCredentials {
  const closing = new AbortController();
  let current: Credentials | null = null;
  let flight: Promise<Credentials> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function loadOnce(): Promise<Credentials> {
    current = await abortable(source(), AbortSignal.timeout(deadlineMs));
    return current;
  }

  /** The load in progress, or a new one. */
  function fetch(): Promise<Credentials> {
    flight ??= loadOnce().finally(() => {
      flight = null;
    });
    return flight;
  }

  async function provide(): Promise<Credentials> {
    return current !== null && remainingMs(current) > 0 ? current : fetch();
  }

  function send(work: () => Promise<Credentials>, signal: AbortSignal): Promise<Credentials> {
    return sendRequest({ what: "credentials: loading", deadlineMs, signal }, work);
  }

  async function renew(onLoad: (load: CredentialsLoad) => void): Promise<void> {
    const { signal } = closing;
    let delayMs: number;
    let load: CredentialsLoad;
    try {
      const credentials = await send(fetch, signal);
      delayMs = Math.max(remainingMs(credentials) - RENEW_BEFORE_MS, MIN_RENEWAL_MS);
      load = { outcome: "loaded", expiresAt: credentials.expiration?.toISOString() ?? null };
    } catch (error) {
      delayMs = RETRY_MS * (1 + Math.random());
      load = { outcome: "failed", problem: error instanceof Error ? causeOf(error) : null };
    }
    if (signal.aborted) return;
    if (delayMs !== Number.POSITIVE_INFINITY) {
      timer = setTimeout(() => void renew(onLoad), Math.min(delayMs, MAX_TIMER_MS)).unref();
    }
    onLoad(load);
  }

  return {
    provide,
    loaded: () => current !== null,
    load: async (signal) => void (await send(provide, signal)),
    start: (onLoad) => void renew(onLoad),
    close() {
      clearTimeout(timer);
      closing.abort(new Error("closed"));
    },
  };
}

function remainingMs({ expiration }: Credentials): number {
  return expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - Date.now();
}
