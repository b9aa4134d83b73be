import { type BearerToken, bearerTokenOf } from "../domain/index.ts";
import type { Explainer } from "./explainer.ts";

/** The check of the request header that carries the token, which comes before the verifier. */
export function judgeCredential(token: string, explainer: Explainer): BearerToken {
  return explainer.rule(
    "credential",
    {
      saw: `${token.length} characters`,
      expected: "one token, without whitespace or a comma",
      fix: "copy the whole token and nothing else, on one line",
    },
    () => bearerTokenOf(["X-User-Token", token]),
  );
}
