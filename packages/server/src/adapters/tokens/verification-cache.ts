import { hash, type KeyObject } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { VerifiedClaims } from "../../domain/index.ts";
import type { TokenTimes } from "./claims-policy.ts";
import type { IssuerRow } from "./issuers.ts";

/** A verified token and the key that verified it. It counts only while the key is in the current set. */
export interface Verification {
  readonly row: IssuerRow;
  readonly kid: string | null;
  readonly key: KeyObject;
  readonly times: TokenTimes;
  readonly claims: VerifiedClaims;
}

export interface VerificationCache {
  get(token: string): Verification | undefined;
  set(token: string, verification: Verification): void;
}

/** The key is the SHA-256 of the whole token: a prefix or a short hash could give one person another's claims (CVE-2026-35030). */
export function createVerificationCache(maxEntries: number): VerificationCache {
  const entries = new LRUCache<string, Verification>({ max: maxEntries });
  const digest = (token: string) => hash("sha256", token, "base64");
  return {
    get: (token) => entries.get(digest(token)),
    set: (token, verification) => {
      entries.set(digest(token), verification);
    },
  };
}
