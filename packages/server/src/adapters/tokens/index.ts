export {
  checkAudience,
  checkTimes,
  readClaims,
  readSubject,
  readTimes,
  type TimePolicy,
} from "./claims-policy.ts";
export { type CompactToken, parseCompactToken } from "./compact-token.ts";
export { checkHeader, keyIdOf } from "./header-policy.ts";
export {
  auth0Rows,
  type IssuerRow,
  type IssuerTable,
  issuerTable,
  type KeySource,
  platformRow,
  rowOf,
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
export { signatureHolds } from "./signature.ts";
export { checkJsonStructure } from "./strict-json.ts";
export { createTokenVerifier, type TokenVerifierOptions } from "./verifier.ts";
