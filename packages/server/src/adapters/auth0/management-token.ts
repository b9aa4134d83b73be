import { z } from "zod";
import { abortable, within } from "../../domain/index.ts";
import { expired } from "./deadline.ts";
import type { Send } from "./exchange.ts";

export interface TokenSourceOptions {
  /** The tenant's base address, without a trailing slash. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Which of our applications it is: what its variables are named after. */
  readonly application: Application;
  /** For one request of a token. */
  readonly deadlineMs: number;
}

/** `MANAGEMENT` sets up connections and reads no user. `EVENTS` learns of users, and ends their sessions. */
export type Application = "MANAGEMENT" | "EVENTS";

/** A token for the Management API. */
export interface ManagementToken {
  readonly value: string;
  /** What the client may do; null if Auth0 did not say. */
  readonly scopes: readonly string[] | null;
}

export interface TokenSource {
  /** One that is valid for a while longer. Concurrent callers share one request. */
  current(signal: AbortSignal): Promise<ManagementToken>;
  /** Auth0 does not accept this one any more. */
  drop(token: ManagementToken): void;
}

/** A token is not used in the last minute of its life, or the last half of a shorter one. */
const MARGIN_MS = 60_000;

const answer = z.object({
  // `Headers` would quote a value that it refuses.
  access_token: z.string().regex(/^[\x21-\x7e]{1,16384}$/),
  expires_in: z.number().min(0),
  scope: z.string().optional(),
});

/** Obtains tokens by client credentials (RFC 6749 §4.4) and keeps the last one in memory. */
export function createTokenSource(options: TokenSourceOptions, send: Send): TokenSource {
  const { url, clientId, clientSecret, application, deadlineMs } = options;
  let held: { readonly token: ManagementToken; readonly untilMs: number } | null = null;
  let flight: Promise<ManagementToken> | null = null;

  const request = {
    method: "POST",
    url: new URL(`${url}/oauth/token`),
    token: null,
    body: {
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      audience: `${url}/api/v2/`,
    },
    nullStatuses: [],
    answer,
    describe: (status: number) => describeRefusal(status, application),
  } as const;

  async function load(): Promise<ManagementToken> {
    // Not with a caller's signal, because others may wait for the same token.
    const reply = await within(deadlineMs, undefined, (signal) => send(request, signal), expired);
    if (reply === null) throw new TypeError("a token is never null");
    const lifeMs = reply.expires_in * 1_000;
    const token = { value: reply.access_token, scopes: reply.scope?.split(" ") ?? null };
    held = { token, untilMs: performance.now() + Math.max(lifeMs - MARGIN_MS, lifeMs / 2) };
    return token;
  }

  return {
    async current(signal) {
      if (held !== null && performance.now() < held.untilMs) return held.token;
      flight ??= load().finally(() => {
        flight = null;
      });
      return abortable(flight, signal);
    },
    drop(token) {
      if (held?.token === token) held = null;
    },
  };
}

function describeRefusal(status: number, application: Application): string {
  const answers = `no token for the Management API: Auth0 answers ${status}`;
  if (status === 401)
    return `${answers}: AUTH0_${application}_CLIENT_ID or AUTH0_${application}_CLIENT_SECRET is wrong`;
  if (status === 403) return `${answers}: the client has no grant for the Management API`;
  return answers;
}
