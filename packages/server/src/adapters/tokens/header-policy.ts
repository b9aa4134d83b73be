import { Refusal } from "../../domain/index.ts";
import type { IssuerRow } from "./issuers.ts";
import { type JsonObject, memberOf } from "./strict-json.ts";

/**
 * Members that our issuers never send and that would change how the token is read: keys from the sender
 * (RFC 8725 §3.10; ASVS 9.1.3), extensions that must be understood (RFC 7515 §4.1.11), a payload that is not
 * encoded (RFC 7797 §7; CVE-2026-35042), compressed, encrypted or nested (RFC 7516 §4.1, RFC 7519 §5.2).
 * `x5t` is only a hint and ignored, like every unknown member (RFC 7515 §4).
 */
const REFUSED_MEMBERS = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty"];

const KEY_ID = /^[\x20-\x7e]{1,128}$/;

/** @throws {Refusal} TOKEN_INVALID */
export function checkHeader(header: JsonObject, row: IssuerRow): void {
  for (const member of REFUSED_MEMBERS) {
    if (Object.hasOwn(header, member))
      throw new Refusal("TOKEN_INVALID", `header: ${member} is not accepted`);
  }
  // RFC 8725 §3.1: one algorithm, the row's, spelled exactly; "none" in any case is just another string.
  if (memberOf(header, "alg") !== row.alg)
    throw new Refusal("TOKEN_INVALID", "alg: not the issuer's algorithm");
  checkTyp(header, row);
}

/**
 * Required where keys come from a key set, even a set of one key (OIDC Core §10.1). The id is only compared, so a
 * path, a URL or `__proto__` is just an unknown id.
 * @throws {Refusal} TOKEN_INVALID
 */
export function keyIdOf(header: JsonObject): string {
  const kid = memberOf(header, "kid");
  if (!isKeyId(kid)) throw new Refusal("TOKEN_INVALID", "kid: missing, or not 1 to 128 printable characters");
  return kid;
}

export function isKeyId(value: unknown): value is string {
  return typeof value === "string" && KEY_ID.test(value);
}

/**
 * Refuses tokens of another kind, such as `secevent+jwt` or `dpop+jwt` (RFC 8725 §3.11–3.12, RFC 9068 §4). `typ`
 * is a media type, so its case does not matter (RFC 7515 §4.1.9). A header without `typ` is accepted (RFC 7519 §5.1):
 * it claims no other kind, and `aud` still decides.
 */
function checkTyp(header: JsonObject, row: IssuerRow): void {
  if (!Object.hasOwn(header, "typ")) return;
  const typ = memberOf(header, "typ");
  if (typeof typ !== "string" || !row.typ.includes(typ.toLowerCase())) {
    throw new Refusal("TOKEN_INVALID", `typ: not one of ${row.typ.join(", ")}`);
  }
}
