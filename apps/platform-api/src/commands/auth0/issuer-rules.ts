import type { Findings, Problem } from "../../terminal/finding.ts";
import type { Auth0Facts, Auth0Settings, TokenFacts } from "./facts.ts";
import { conclude, only, problemIf, record } from "./judgement.ts";

/** Each issuer's discovery, its keys, and its clock. */
export function checkIssuers(
  { settings, issuers, usableKeys, clockSkewSeconds }: Auth0Facts,
  findings: Findings,
): void {
  for (const { issuer, discovered } of issuers) {
    const check = `issuer ${issuer}`;
    const expected = `the issuer ${issuer}`;
    const fix = "AUTH0_ISSUER: every issuer of the tenant exactly as in iss, trailing slash included";
    if ("why" in discovered) {
      findings.differ(check, { saw: `no discovery document: ${discovered.why}`, expected, fix });
      continue;
    }
    const problems = problemIf(discovered.value !== issuer, {
      saw: `it calls itself ${discovered.value}`,
      expected,
      fix,
    });
    conclude(check, { saw: "its discovery document names it", problems }, findings);
  }
  checkKeys(usableKeys, findings);
  record("clock", clockSkewSeconds, (skew) => judgeClock(skew, settings), findings);
}

function checkKeys(usableKeys: Auth0Facts["usableKeys"], findings: Findings): void {
  const problem = {
    expected: "a usable RSA key",
    fix: "AUTH0_JWKS_URL must be the key set of the issuers and answer from here; by default it is that of the first issuer",
  };
  if ("why" in usableKeys) findings.differ("key set", { saw: usableKeys.why, ...problem });
  else if (usableKeys.value === 0) findings.differ("key set", { saw: "no usable key", ...problem });
  else findings.ok("key set", `${usableKeys.value} usable`);
}

/** A `Date` header has whole seconds. */
const CLOCK_RESOLUTION_SECONDS = 1;

function judgeClock(skew: number, { clockToleranceSeconds }: Auth0Settings) {
  const distance = Math.round(Math.abs(skew));
  const saw =
    distance <= CLOCK_RESOLUTION_SECONDS
      ? "the same as Auth0's"
      : `${distance} s ${skew > 0 ? "behind" : "ahead of"} Auth0's`;
  const isWrong = Math.abs(skew) > clockToleranceSeconds + CLOCK_RESOLUTION_SECONDS;
  const expected = `at most ${clockToleranceSeconds} s apart (CLOCK_TOLERANCE_SECONDS)`;
  return { saw, problems: problemIf(isWrong, { saw, expected, fix: "this machine's clock: NTP" }) };
}

/** An access token, unverified. `token explain` verifies one. */
export function checkToken({ settings, token }: Auth0Facts, findings: Findings): void {
  if (token === null) {
    findings.skipped("token", "not looked at: --token - reads an access token from standard input");
    return;
  }
  conclude("token", token === "opaque" ? only(OPAQUE) : judgeToken(token, settings), findings);
}

const OPAQUE: Problem = {
  saw: "not a JWT",
  expected: "an access token for the API",
  fix: "every login request needs audience=AUTH0_AUDIENCE; without it Auth0 issues an opaque token",
};

function judgeToken(token: TokenFacts, settings: Auth0Settings) {
  const { algorithm, issuer, audiences, lifetimeSeconds } = token;
  const most = settings.maxTokenLifetimeSeconds;
  return {
    saw: `${algorithm}, its issuer and audience are the configured ones, it lives ${lifetimeSeconds ?? 0} s`,
    problems: [
      ...problemIf(!settings.issuers.includes(issuer), {
        saw: `its iss is ${issuer}`,
        expected: settings.issuers.join(" or "),
        fix: "AUTH0_ISSUER: add the domain that the login used, trailing slash included",
      }),
      ...problemIf(!audiences.includes(settings.audience), {
        saw: `its aud is ${audiences.join(", ")}`,
        expected: settings.audience,
        fix: "AUTH0_AUDIENCE must equal the API's identifier, which the login request names as its audience",
      }),
      ...problemIf(algorithm !== "RS256", {
        saw: `signed with ${algorithm}`,
        expected: "RS256",
        fix: "Applications > APIs: create an API with RS256, because the algorithm cannot be changed later",
      }),
      ...problemIf(lifetimeSeconds === null || lifetimeSeconds > most, {
        saw: lifetimeSeconds === null ? "it has no lifetime" : `it lives ${lifetimeSeconds} s`,
        expected: `at most ${most} s (MAX_TOKEN_LIFETIME_SECONDS)`,
        fix: "Applications > APIs > your API > Settings > Maximum Access Token Lifetime",
      }),
    ],
  };
}
