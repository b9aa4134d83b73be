import { createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import {
  type CheckCredentials,
  type ClientCredentials,
  type Reason,
  Refusal,
  type Service,
  SingleFlight,
  within,
  wrongCredentials,
} from "../../domain/index.ts";
import { boundedBody } from "../bounded-body.ts";
import type { Clock } from "../clock.ts";
import { Sieve, type Sieved } from "../sieve.ts";

export interface CredentialCheckOptions {
  /** The token endpoint of the issuer. */
  readonly tokenUrl: string;
  /** This API's. */
  readonly audience: string;
  /** The service of a token that the issuer has just made. @throws {Refusal} as {@link CheckCredentials} */
  readonly serviceOf: (token: string, signal: AbortSignal) => Promise<Service>;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** For a question to the issuer, with its answer. Default: 2000. */
  readonly deadlineMs?: number;
}

/** What the issuer has confirmed. */
interface Confirmed extends Sieved {
  readonly service: Service;
  readonly untilMs: number;
}

/** How long the issuer is not asked again. */
const CONFIRMED_MS = 3_600_000;
/** Credentials that are remembered: no tenant has so many services. */
const MAX_CONFIRMED = 1_024;
const DEADLINE_MS = 2_000;
const MAX_ANSWER_BYTES = 65_536;

const issued = z.object({ access_token: z.string() });
/** What does not mean that the issuer has answered wrongly. */
const PASSED_ON = new Set<Reason>(["CLIENT_NOT_ALLOWED", "KEYS_UNAVAILABLE"]);
/** RFC 6749 §5.2. An answer without it is not the issuer's, but of something in front of it. */
const refused = z.object({ error: z.string() });

/**
 * Checks credentials by asking the issuer for a token of the client's own (RFC 6749 §4.4), whose claims say who it is. Only
 * a keyed digest of what it has confirmed is kept.
 */
export function createCredentialCheck(options: CredentialCheckOptions): CheckCredentials {
  const { serviceOf, clock } = options;
  const key = randomBytes(32);
  const confirmed = new Sieve<Confirmed>(MAX_CONFIRMED);
  const asking = new SingleFlight<Service>("AUTH0_UNAVAILABLE");

  const digestOf = ({ clientId, secret }: ClientCredentials) =>
    createHmac("sha256", key)
      .update(JSON.stringify([clientId, secret]))
      .digest("base64");

  async function ask(credentials: ClientCredentials, digest: string, signal: AbortSignal): Promise<Service> {
    const token = await issue(credentials, options, signal);
    const service = await serviceOf(token, signal).catch((error: unknown) => {
      if (error instanceof Refusal && PASSED_ON.has(error.reason)) throw error;
      throw unavailable("it gives tokens that are not for this API", error);
    });
    if (service.clientId !== credentials.clientId) throw unavailable("it gives tokens of another client");
    confirmed.set(digest, { service, untilMs: clock.monotonicMs() + CONFIRMED_MS, isUsed: false });
    return service;
  }

  return async (credentials, { address, count }, signal) => {
    const digest = digestOf(credentials);
    const known = confirmed.get(digest);
    if (known !== undefined && clock.monotonicMs() < known.untilMs) return known.service;
    const work = async () => {
      count();
      return ask(credentials, digest, signal);
    };
    return asking.join(`${digest} ${address}`, work, signal); // an address pays for its own questions
  };
}

/** @throws {Refusal} TOKEN_INVALID, CLIENT_NOT_ALLOWED or AUTH0_UNAVAILABLE */
async function issue(
  { clientId, secret }: ClientCredentials,
  { tokenUrl, audience, fetch, deadlineMs = DEADLINE_MS }: CredentialCheckOptions,
  signal: AbortSignal,
): Promise<string> {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: secret,
    audience,
  });
  const headers = { accept: "application/json" };
  const send = async (limit: AbortSignal) => {
    const request = { method: "POST", body, headers, redirect: "manual", signal: limit } as const;
    const response = await fetch(tokenUrl, request); // a redirect would take the secret along
    const bytes = await boundedBody(response.body, MAX_ANSWER_BYTES);
    return { status: response.status, answer: jsonOf(bytes) };
  };
  const { status, answer } = await within(deadlineMs, signal, send).catch((cause: unknown) => {
    throw unavailable("it did not answer in time, or is unreachable", cause);
  });
  const token = issued.safeParse(answer);
  if (status === 200 && token.success) return token.data.access_token;
  const { data: { error } = { error: null } } = refused.safeParse(answer);
  if (error === "invalid_client" || (error !== null && status === 401))
    throw wrongCredentials("the token endpoint does not accept the client's credentials");
  if (error !== null && (status === 400 || status === 403)) {
    const detail = "the issuer gives the client no token of its own for this API";
    throw new Refusal("CLIENT_NOT_ALLOWED", detail, { hint: detail });
  }
  throw unavailable(`it answers ${status}`);
}

/** Null for what is not JSON, and for what was too long. */
function jsonOf(bytes: Buffer | null): unknown {
  try {
    return JSON.parse(String(bytes));
  } catch {
    return null;
  }
}

function unavailable(problem: string, cause?: unknown): Refusal {
  return new Refusal("AUTH0_UNAVAILABLE", `the issuer's token endpoint: ${problem}`, { cause });
}
