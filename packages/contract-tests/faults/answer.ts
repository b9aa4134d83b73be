import type { FaultProxy } from "../simulator/fault-proxy.ts";
import { ANNEX, FORGE } from "../simulator/forge.ts";

/** The calls of a signed-in user, any of which may be the first, and discovery, which needs no token. */
const REQUESTS = {
  validate: { path: "/validate" },
  check: { path: `/check?organizationId=${FORGE}` },
  me: { path: "/organizations/me" },
  "auth.validate": { path: "/trpc/auth.validate" },
  "org.join": { path: "/trpc/org.join", body: JSON.stringify({ organizationId: ANNEX }) },
  join: { path: `/organizations/${ANNEX}/join`, body: "{}" },
  discover: { path: "/public/auth/discover", body: JSON.stringify({ email: "anybody@forge.example" }) },
} as const satisfies Record<string, { path: string; body?: string }>;

export type Call = keyof typeof REQUESTS;

export const FIRST_CALLS = ["validate", "check", "me", "auth.validate"] as const satisfies readonly Call[];

/** The parts of a response that a caller acts on. */
export interface Answer {
  readonly status: number;
  readonly reason: string | null;
  readonly userId: string | null;
  /** Whether `Retry-After` has a number of seconds. */
  readonly retryAfter: boolean;
  readonly ms: number;
}

/** Sends one call over its own connection. The signal aborts it. */
export async function ask(
  server: { readonly url: string },
  call: Call,
  token?: string,
  signal: AbortSignal | null = null,
): Promise<Answer> {
  const request: { path: string; body?: string } = REQUESTS[call];
  const started = performance.now();
  const response = await fetch(server.url + request.path, {
    signal,
    headers: {
      connection: "close",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(request.body !== undefined && { "content-type": "application/json" }),
    },
    ...(request.body !== undefined && { method: "POST", body: request.body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    reason: /"reason":"([A-Z_]+)"/.exec(text)?.[1] ?? null,
    userId: /"userId":"([^"]+)"/.exec(text)?.[1] ?? null,
    retryAfter: /^[1-9]\d*$/.test(response.headers.get("retry-after") ?? ""),
    ms: performance.now() - started,
  };
}

/** How often the same calls may meet an outage again once it is over, because a busy machine missed a deadline. */
const REPEATS = 5;

/** An outage that is over. */
export interface PastOutage {
  readonly reason: string;
  readonly upstream: Pick<FaultProxy, "requests">;
  /** How long a call tries to reach the upstream. */
  readonly deadlineMs: number;
}

/**
 * Sends the calls at the same time, and all of them again while one of them gets the reason of the outage. One that gets it
 * before the deadline, when none of them has asked the upstream, has a failure that is remembered: that is returned.
 */
export async function askAllAfter(
  { reason, upstream, deadlineMs }: PastOutage,
  ...[server, calls, token]: Parameters<typeof askAll>
): Promise<Answer[]> {
  for (let repeats = 0; ; repeats += 1) {
    const before = upstream.requests.length;
    const answers = await askAll(server, calls, token);
    const refused = answers.filter((answer) => answer.reason === reason);
    const isRemembered = upstream.requests.length === before && refused.some(({ ms }) => ms < deadlineMs);
    if (refused.length === 0 || isRemembered || repeats === REPEATS) return answers;
  }
}

/** Sends the calls at the same time. */
export function askAll(
  server: { readonly url: string },
  calls: readonly Call[],
  token: string,
): Promise<Answer[]> {
  return Promise.all(calls.map((call) => ask(server, call, token)));
}
