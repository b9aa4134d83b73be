import { Refusal, type UnverifiedClaims } from "../../domain/index.ts";
import { memberOf } from "./strict-json.ts";

const MAX_IDENTIFIER_LENGTH = 255; // OIDC Core §2, `sub`

/** Two ill-formed strings may be stored as the same UTF-8, and then one person becomes another. */
export function readIdentifier(claims: UnverifiedClaims, name: string, label = name): string {
  const value = memberOf(claims, name);
  const accepted =
    typeof value === "string" &&
    value !== "" &&
    value.length <= MAX_IDENTIFIER_LENGTH &&
    !/\p{Cc}/u.test(value) &&
    value.isWellFormed();
  if (!accepted) {
    throw new Refusal("TOKEN_INVALID", `${label}: not 1 to 255 characters without control characters`);
  }
  return value;
}

/** A JSON null counts as absent. */
export function readOptionalIdentifier(claims: UnverifiedClaims, name: string): string | null {
  return (memberOf(claims, name) ?? null) === null ? null : readIdentifier(claims, name);
}
