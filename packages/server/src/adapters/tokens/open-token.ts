import type { KeyObject } from "node:crypto";
import { noTrace, Refusal, type Trace, type UnverifiedClaims } from "../../domain/index.ts";
import { type CompactToken, parseCompactToken } from "./compact-token.ts";
import { checkHeader, keyIdOf } from "./header-policy.ts";
import { type IssuerRow, type IssuerTable, rowOf } from "./issuers.ts";
import { signatureHolds } from "./signature.ts";

/** The input of a rule once the issuer is known. */
type TokenFacts = CompactToken & { readonly row: IssuerRow };

/** The rules that hold for every token of an issuer, in the order in which they are checked, each with its input. */
export interface OpeningRules {
  readonly structure: { readonly token: string };
  readonly issuer: CompactToken & { readonly table: IssuerTable };
  readonly header: TokenFacts;
  readonly key: TokenFacts;
  readonly signature: TokenFacts;
}

/** A token whose signature holds. Its claims are not checked yet. */
export interface OpenedToken {
  readonly claims: UnverifiedClaims;
  readonly row: IssuerRow;
  readonly kid: string | null;
  readonly key: KeyObject;
}

/**
 * Checks cheap rules first, then the key, and then the signature. Until the signature is known to be valid, `iss` selects
 * a row and no other claim is read.
 * @throws {Refusal} TOKEN_INVALID or KEYS_UNAVAILABLE
 */
export async function openToken(
  token: string,
  table: IssuerTable,
  signal: AbortSignal,
  trace: Trace<OpeningRules> = noTrace,
): Promise<OpenedToken> {
  const parsed = trace.rule("structure", { token }, () => parseCompactToken(token));
  const row = trace.rule("issuer", { ...parsed, table }, () => rowOf(table, parsed.claims));
  const facts = { ...parsed, row };
  trace.rule("header", facts, () => checkHeader(parsed.header, row));
  const { kid, key } = await trace.rule("key", facts, async () => {
    const kid = row.alg === "RS256" ? keyIdOf(parsed.header) : null;
    return { kid, key: await currentKey(row, kid, signal) };
  });
  trace.rule("signature", facts, () => {
    if (!signatureHolds(row.alg, key, parsed)) throw new Refusal("TOKEN_INVALID", "signature: does not hold");
  });
  return { claims: parsed.claims, row, kid, key };
}

export async function currentKey(
  row: IssuerRow,
  kid: string | null,
  signal: AbortSignal,
): Promise<KeyObject> {
  const key = row.alg === "HS256" ? row.secret : kid === null ? null : await row.keys.find(kid, signal);
  if (key === null) throw new Refusal("TOKEN_INVALID", "kid: not in the issuer's key set");
  return key;
}
