import { boundedBody } from "@platform-api/server/adapters";
import { z } from "zod";
import type { Read } from "./facts.ts";

const DEADLINE_MS = 10_000;
const MAX_BYTES = 65_536;
const document = z.object({ issuer: z.string().max(2_048) });

export interface Discovery {
  /** The issuer as it names itself. */
  readonly discovered: Read<string>;
  /** How far its clock is ahead of this one. */
  readonly skewSeconds: Read<number>;
}

/** Reads the discovery document of an issuer (OpenID Connect Discovery 1.0 §4). */
export async function discover(issuer: string): Promise<Discovery> {
  const began = Date.now();
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const url = new URL(".well-known/openid-configuration", issuer);
  try {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { accept: "application/json" },
      signal,
    });
    const skewSeconds = skewOf(response.headers.get("date"), (began + Date.now()) / 2);
    if (response.ok) return { discovered: await issuerOf(response), skewSeconds };
    response.body?.cancel().catch(() => {});
    return { discovered: { why: `it answers ${response.status}` }, skewSeconds };
  } catch {
    const why = signal.aborted ? `it did not answer within ${DEADLINE_MS / 1_000} s` : "it is unreachable";
    return { discovered: { why }, skewSeconds: { why: "the issuer did not answer" } };
  }
}

async function issuerOf(response: Response): Promise<Read<string>> {
  const body = await boundedBody(response.body, MAX_BYTES);
  if (body === null) return { why: "it answers with more than 64 KiB" };
  try {
    return { value: document.parse(JSON.parse(body.toString())).issuer };
  } catch {
    return { why: "it answers with something else" };
  }
}

function skewOf(date: string | null, localMs: number): Read<number> {
  const ms = Date.parse(date ?? "");
  return Number.isNaN(ms) ? { why: "its answer has no Date" } : { value: (ms - localMs) / 1_000 };
}
