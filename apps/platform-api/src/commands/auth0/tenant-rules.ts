import type { TenantApi } from "@platform-api/server/adapters";
import type { Findings } from "../../terminal/finding.ts";
import type { Auth0Settings, TenantFacts } from "./facts.ts";
import { conclude, type Judgement, only, problemIf, record } from "./judgement.ts";

/** Scopes, domains, the API and the self-service profile of the tenant. */
export function checkTenant(
  tenant: TenantFacts,
  settings: Auth0Settings,
  needed: readonly string[],
  findings: Findings,
): void {
  checkScopes("scopes", tenant.scopes, needed, "AUTH0_MANAGEMENT_CLIENT_ID", findings);
  record("custom domains", tenant.customDomains, (domains) => judgeDomains(domains, settings), findings);
  record(
    "API",
    tenant.api,
    (api) => (api === null ? only(noApi(settings.audience)) : judgeApi(api, settings)),
    findings,
  );
  record("self-service profile", tenant.profile, (profile) => judgeProfile(profile, settings), findings);
}

/** @param scopes of the client that the variable names; null if Auth0 does not say */
export function checkScopes(
  check: string,
  scopes: readonly string[] | null,
  needed: readonly string[],
  variable: string,
  findings: Findings,
): void {
  if (scopes === null) {
    findings.skipped(check, "not looked at: Auth0's answer does not list them");
    return;
  }
  const missing = needed.filter((scope) => !scopes.includes(scope));
  const problems = problemIf(missing.length > 0, {
    saw: `${missing.join(", ")} missing`,
    expected: needed.join(" "),
    fix: `Applications > APIs > Auth0 Management API > Machine to Machine Applications: the client ${variable}`,
  });
  conclude(check, { saw: `all ${needed.length} that are needed`, problems }, findings);
}

function judgeDomains(
  domains: readonly { domain: string; status: string }[],
  { issuers, managementUrl }: Auth0Settings,
) {
  // Only a tenant on this machine is not https.
  const { protocol } = new URL(managementUrl ?? "https://tenant");
  const ready = domains
    .filter(({ status }) => status === "ready")
    .map(({ domain }) => `${protocol}//${domain}/`);
  const own = [`${managementUrl ?? ""}/`, ...ready];
  const unlisted = ready.filter((issuer) => !issuers.includes(issuer));
  const strange = issuers.filter((issuer) => !own.includes(issuer));
  return {
    saw:
      ready.length === 0 ? "the tenant has no custom domain" : `${ready.join(", ")} listed in AUTH0_ISSUER`,
    problems: [
      ...problemIf(unlisted.length > 0, {
        saw: `${unlisted.join(", ")} is not in AUTH0_ISSUER`,
        expected: "every domain that a login can use: it becomes the token's iss",
        fix: "AUTH0_ISSUER: add it, trailing slash included",
      }),
      ...problemIf(strange.length > 0, {
        saw: `AUTH0_ISSUER lists ${strange.join(", ")}, which is not a ready domain of this tenant`,
        expected: own.join(" or "),
        fix: "AUTH0_ISSUER, or Branding > Custom Domains: finish its verification",
      }),
    ],
  };
}

function noApi(audience: string) {
  return {
    saw: `no API has the identifier ${audience}`,
    expected: "the API that tokens are for",
    fix: "AUTH0_AUDIENCE must equal the identifier up to the last slash; or create the API (docs/auth0.md, step 1)",
  };
}

function judgeApi(api: TenantApi, { audience, maxTokenLifetimeSeconds: most }: Auth0Settings): Judgement {
  const { identifier, signing_alg: algorithm, token_lifetime: lifetime } = api;
  return {
    saw: `${identifier}: ${algorithm}, tokens live ${lifetime} s`,
    problems: [
      ...problemIf(identifier !== audience, noApi(audience)),
      ...problemIf(algorithm !== "RS256", {
        saw: `signed with ${algorithm}`,
        expected: "RS256",
        fix: "create an API with RS256, because the algorithm cannot be changed later, and set AUTH0_AUDIENCE to it",
      }),
      ...problemIf(typeof lifetime !== "number" || lifetime > most, {
        saw: `tokens live ${lifetime} s`,
        expected: `at most ${most} s (MAX_TOKEN_LIFETIME_SECONDS)`,
        fix: "Applications > APIs > your API > Settings > Maximum Access Token Lifetime",
      }),
      ...problemIf(api.token_encryption !== undefined && api.token_encryption !== null, {
        saw: "JSON Web Encryption is on",
        expected: "signed tokens, not encrypted",
        fix: "Applications > APIs > your API > Settings > JSON Web Encryption: off",
      }),
      ...problemIf(api.allow_offline_access === false, {
        saw: "Allow Offline Access is off: the frontend gets no refresh tokens",
        expected: "on",
        fix: "Applications > APIs > your API > Settings > Allow Offline Access",
      }),
      ...problemIf(!["none", null].includes(api.proof_of_possession?.mechanism ?? null), {
        saw: `tokens can be bound to their sender (${api.proof_of_possession?.mechanism}): such a token is refused`,
        expected: "bearer tokens: nothing here can check the proof that the sender holds the key",
        fix: "Applications > APIs > your API > Settings > Token Sender-Constraining > Sender Constraining Method: None",
      }),
    ],
  };
}

function judgeProfile(
  profile: { strategies: readonly string[] } | null,
  { otherStrategies }: Auth0Settings,
): Judgement {
  const expected = "a profile with enterprise strategies only";
  if (profile === null) {
    return only({ saw: "there is no such profile", expected, fix: "AUTH0_SELF_SERVICE_PROFILE_ID" });
  }
  const other = profile.strategies.filter((strategy) => otherStrategies.includes(strategy));
  const problem = {
    saw: `it offers ${other.join(", ")}, which AUTH0_OTHER_STRATEGIES names: such a set-up never ends`,
    expected,
    fix: "the profile's allowed_strategies, or AUTH0_OTHER_STRATEGIES",
  };
  return {
    saw: `offers ${profile.strategies.join(", ") || "every strategy"}`,
    problems: problemIf(other.length > 0, problem),
  };
}
