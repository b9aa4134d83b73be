export { type Clock, systemClock } from "./clock.ts";
export {
  auth0Rows,
  type IssuerRow,
  type KeySource,
  platformRow,
  TEST_ISSUER,
  TEST_TENANT,
  testRow,
} from "./issuers.ts";
export {
  createJwksSource,
  type JwksRefresh,
  type JwksSource,
  type JwksSourceOptions,
} from "./jwks-source.ts";
export type { SkippedKey } from "./key-policy.ts";
export { secretProblem } from "./secrets.ts";
export { createTokenVerifier, type TokenVerifierOptions } from "./verifier.ts";
