import {
  auth0Rows,
  createCredentialCheck,
  createLogoutVerifier,
  createTokenVerifier,
  type IssuerRow,
  type JwksRefresh,
  JwksSource,
  platformRow,
  systemClock,
  type TokenVerifierOptions,
  type TracedTokenVerifier,
  testRow,
} from "@platform-api/server/adapters";
import {
  bearerTokenOf,
  type CheckCredentials,
  serviceOf,
  type VerifyLogout,
} from "@platform-api/server/domain";
import type { Services } from "@platform-api/server/http";
import type { Logger } from "pino";
import type { ServerConfig } from "../config/config.ts";
import { problemOf } from "../log/logger.ts";

/** Verified tokens remembered, with their users; at about 1.5 KiB each. */
const MAX_CACHED_TOKENS = 131_072;

export function composeKeys(
  config: ServerConfig,
  onRefresh: (refresh: JwksRefresh) => void = () => {},
): JwksSource {
  return new JwksSource({
    url: config.AUTH0_JWKS_URL ?? `${config.AUTH0_ISSUER[0]}.well-known/jwks.json`,
    fetch: (...request) => globalThis.fetch(...request), // reading the property loads undici
    clock: systemClock,
    random: Math.random,
    freshMs: config.JWKS_FRESH_MS,
    cooldownMs: config.JWKS_COOLDOWN_MS,
    staleMs: config.JWKS_STALE_MS,
    deadlineMs: config.JWKS_DEADLINE_MS,
    onRefresh,
  });
}

export function composeVerifier<Known>(
  config: ServerConfig,
  keys: JwksSource,
  options: Pick<TokenVerifierOptions, "caches" | "freshness"> & { maxCached?: number } = {},
): TracedTokenVerifier<Known> {
  return createTokenVerifier({
    rows: issuerRows(config, keys),
    clock: systemClock,
    clockToleranceSeconds: config.CLOCK_TOLERANCE_SECONDS,
    maxCached: MAX_CACHED_TOKENS,
    ...options,
  });
}

export function composeLogoutVerifier(config: ServerConfig, keys: JwksSource): VerifyLogout {
  return createLogoutVerifier({
    rows: issuerRows(config, keys),
    clientIds: config.AUTH0_APP_CLIENT_IDS,
    clock: systemClock,
    clockToleranceSeconds: config.CLOCK_TOLERANCE_SECONDS,
  });
}

/** A service's token that the issuer gives for its credentials is judged as if the service had sent it. */
export function composeCredentialCheck(
  config: ServerConfig,
  services: Pick<Services, "verifier" | "serviceClients" | "otherStrategies">,
): CheckCredentials {
  return createCredentialCheck({
    tokenUrl: `${config.AUTH0_ISSUER[0]}oauth/token`,
    audience: config.AUTH0_AUDIENCE,
    fetch: (...request) => globalThis.fetch(...request),
    clock: systemClock,
    async serviceOf(token, signal) {
      const sent = bearerTokenOf(["authorization", `Bearer ${token}`]);
      return serviceOf(await services.verifier.verify(sent, signal), services);
    },
  });
}

function issuerRows(config: ServerConfig, keys: JwksSource): IssuerRow[] {
  const rules = {
    audience: config.AUTH0_AUDIENCE,
    claimNamespace: config.AUTH0_CLAIM_NAMESPACE,
    maxLifetimeSeconds: config.MAX_TOKEN_LIFETIME_SECONDS,
  };
  const rows = auth0Rows({ ...rules, issuers: config.AUTH0_ISSUER, tenant: config.AUTH0_TENANT, keys });
  const { PLATFORM_JWT_ISSUER: issuer, PLATFORM_JWT_AUDIENCE: audience, PLATFORM_JWT_SECRET } = config;
  if (issuer !== undefined && audience !== undefined && PLATFORM_JWT_SECRET !== undefined) {
    rows.push(platformRow({ ...rules, issuer, audience, secret: PLATFORM_JWT_SECRET }));
  }
  if (config.AUTH0_TEST_MODE && config.AUTH0_TEST_SECRET !== undefined) {
    rows.push(testRow({ ...rules, secret: config.AUTH0_TEST_SECRET }));
  }
  return rows;
}

export function logKeys(refresh: JwksRefresh, logger: Logger): void {
  if (refresh.outcome === "failed") {
    logger.warn({ event: "jwks", problem: problemOf(refresh.cause) }, "the key set could not be refreshed");
    return;
  }
  const level = refresh.skipped.length > 0 || refresh.usableKeys === 0 ? "warn" : "debug";
  logger[level]({ event: "jwks", ...refresh }, "the key set is current");
}
