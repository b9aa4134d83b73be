import { randomInt } from "node:crypto";
import { sleep, within } from "../../domain/index.ts";
import { createBudget, expired } from "./deadline.ts";
import { createSend } from "./exchange.ts";
import { describeStatus, type ManagementCall } from "./management-call.ts";
import { ManagementError, wasNotExecuted } from "./management-error.ts";
import {
  type Application,
  createTokenSource,
  type ManagementToken,
  type TokenSource,
} from "./management-token.ts";

export interface ManagementClientOptions {
  /** The tenant's base address, without a trailing slash. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Default: MANAGEMENT. */
  readonly application?: Application;
  /** For one attempt of a call, including its body. Default: 1000. */
  readonly attemptMs?: number | undefined;
  /** For all calls with one signal, from the first of them on. Default: 2500. */
  readonly budgetMs?: number | undefined;
  /** The size limit of an answer, after decompression. Default: 262144. */
  readonly maxAnswerBytes?: number | undefined;
}

/** Every method throws {@link ManagementError} without a usable answer, or the signal's reason when it aborts. */
export interface ManagementClient {
  /** Null for one of the call's `nullStatuses`, and for a call without an answer. */
  send<Answer>(call: ManagementCall<Answer>, signal: AbortSignal): Promise<Answer | null>;
  /** The scopes that the client has been granted; null if Auth0 does not say. */
  scopes(signal: AbortSignal): Promise<readonly string[] | null>;
  /** For an API that answers with a stream, and so is not called here. */
  readonly tokens: TokenSource;
}

const MAX_ATTEMPTS = 3;
const PAUSE_MS = { min: 50, max: 200 };
const TRANSIENT_STATUSES = [429, 502, 503, 504];

/** A client of Auth0's Management API, which knows no call. */
export function createManagementClient(options: ManagementClientOptions): ManagementClient {
  const { url, application = "MANAGEMENT" } = options;
  const { attemptMs = 1_000, budgetMs = 2_500, maxAnswerBytes = 262_144 } = options;
  const base = `${url}/api/v2/`;
  const exchange = createSend(maxAnswerBytes);
  const budget = createBudget(budgetMs);
  const tokens = createTokenSource({ ...options, application, deadlineMs: attemptMs }, exchange);

  function attempt<Answer>(call: ManagementCall<Answer>, token: ManagementToken, limit: AbortSignal) {
    const target = new URL(call.path, base);
    for (const [name, value] of Object.entries(call.query ?? {})) target.searchParams.set(name, value);
    const { method, body, answer, nullStatuses = [] } = call;
    const describe = (status: number) => describeStatus(call, status);
    const request = { method, url: target, token: token.value, body, nullStatuses, answer, describe };
    return within(attemptMs, limit, (signal) => exchange(request, signal), expired);
  }

  async function withRetries<Answer>(
    call: ManagementCall<Answer>,
    limit: AbortSignal,
    leftMs: () => number,
  ): Promise<Answer | null> {
    const { isIdempotent = call.method !== "POST" } = call;
    let isTokenNew = false;
    for (let count = 1; ; count++) {
      let token: ManagementToken | null = null;
      try {
        token = await tokens.current(limit);
        return await attempt(call, token, limit);
      } catch (error) {
        limit.throwIfAborted();
        if (!(error instanceof ManagementError)) throw error;
        if (token !== null && error.status === 401 && !isTokenNew) {
          isTokenNew = true;
          tokens.drop(token);
          continue;
        }
        const pauseMs = error.retryAfterMs ?? randomInt(PAUSE_MS.min, PAUSE_MS.max + 1);
        // A second token does no harm.
        const isRepeatable = mayRepeat(error, token === null || isIdempotent);
        if (count >= MAX_ATTEMPTS || !isRepeatable || pauseMs >= leftMs()) throw error;
        await sleep(pauseMs, limit);
      }
    }
  }

  return {
    send: (call, signal) => budget(signal, (limit, leftMs) => withRetries(call, limit, leftMs)),
    scopes: (signal) => budget(signal, async (limit) => (await tokens.current(limit)).scopes),
    tokens,
  };
}

function mayRepeat(error: ManagementError, isIdempotent: boolean): boolean {
  if (wasNotExecuted(error)) return true;
  return isIdempotent && (error.failure === "transport" || TRANSIENT_STATUSES.includes(error.status ?? 0));
}
