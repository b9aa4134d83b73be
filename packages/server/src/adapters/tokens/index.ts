export {
  auth0Rows,
  type IssuerRow,
  platformRow,
  TEST_ISSUER,
  TEST_TENANT,
  testRow,
} from "./issuers.ts";
export { createJwksSource, type JwksRefresh, type JwksSource } from "./jwks-source.ts";
export { secretProblem } from "./secrets.ts";
export { checkJsonStructure } from "./strict-json.ts";
export { createTokenVerifier, type TokenRules, type TracedTokenVerifier } from "./verifier.ts";
