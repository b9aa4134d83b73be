import { z } from "zod";
import type { Config } from "./config.ts";

type Credentials = Pick<
  Config,
  "PLATFORM_CLIENT_ID" | "PLATFORM_CLIENT_SECRET" | "PLATFORM_TOKEN_URL" | "PLATFORM_AUDIENCE"
>;

const answerSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** A token is used for an hour at most, so that a changed key or account shows. */
const MAX_AGE_MS = 3_600_000;
/** A new one is fetched when a tenth of its time is left. */
const USED_PART = 0.9;

/**
 * The token of this backend itself, by client credentials. Concurrent callers share one request. Errors contain nothing
 * that was sent or answered but the status.
 */
export function serviceToken(credentials: Credentials, now: () => number = Date.now): () => Promise<string> {
  let kept: { readonly token: string; readonly until: number } | undefined;
  let request: Promise<string> | undefined;

  async function renew(): Promise<string> {
    const asked = now();
    const { access_token: token, expires_in } = await fetchToken(credentials);
    kept = { token, until: asked + Math.min(expires_in * 1_000 * USED_PART, MAX_AGE_MS) };
    return token;
  }

  return async () => {
    if (kept !== undefined && now() < kept.until) return kept.token;
    request ??= renew().finally(() => {
      request = undefined;
    });
    return request;
  };
}

async function fetchToken(credentials: Credentials): Promise<z.output<typeof answerSchema>> {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: credentials.PLATFORM_CLIENT_ID,
    client_secret: credentials.PLATFORM_CLIENT_SECRET,
    audience: credentials.PLATFORM_AUDIENCE,
  });
  // A redirect would send the secret to another host.
  const sent = { method: "POST", body, redirect: "error", signal: AbortSignal.timeout(2_000) } as const;
  const response = await fetch(credentials.PLATFORM_TOKEN_URL, sent).catch(() => {
    throw new Error("PLATFORM_TOKEN_URL does not answer");
  });
  if (!response.ok) throw new Error(`PLATFORM_TOKEN_URL answers ${response.status}`);
  const { data } = answerSchema.safeParse(await response.json().catch(() => null));
  if (data === undefined) throw new Error("PLATFORM_TOKEN_URL answers without a token");
  return data;
}
