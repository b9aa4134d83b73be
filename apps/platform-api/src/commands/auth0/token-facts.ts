import { machineSign } from "@platform-api/server/adapters";
import { z } from "zod";
import type { TokenFacts } from "./facts.ts";

const MAX_SHOWN = 200;
const text = z
  .string()
  .catch("")
  .transform((value) => value.slice(0, MAX_SHOWN));

const header = z.object({ alg: text });
const claims = z.looseObject({
  iss: text,
  aud: z.union([z.array(text), text.transform((aud) => [aud])]),
  iat: z.number().optional().catch(undefined),
  exp: z.number().optional().catch(undefined),
  sub: text,
  azp: text,
  client_id: text,
});

/** Reads a token without verifying it: it shows how the tenant is set up, and nobody is let in by it. */
export function tokenFactsOf(token: string): TokenFacts | "opaque" {
  const parts = token.split(".");
  const [head, body] = parts.slice(0, 2).map(parsePart);
  const parsedHeader = header.safeParse(head);
  const parsedClaims = claims.safeParse(body);
  if (parts.length !== 3 || !parsedHeader.success || !parsedClaims.success) return "opaque";
  const { iss, aud, iat, exp, sub, azp, client_id: clientId } = parsedClaims.data;
  return {
    algorithm: parsedHeader.data.alg,
    issuer: iss,
    audiences: aud,
    lifetimeSeconds: iat === undefined || exp === undefined ? null : exp - iat,
    claimNames: Object.keys(parsedClaims.data).map((name) => name.slice(0, MAX_SHOWN)),
    isMachine: machineSign(parsedClaims.data, sub, azp || clientId || null) !== null,
  };
}

function parsePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return null;
  }
}
