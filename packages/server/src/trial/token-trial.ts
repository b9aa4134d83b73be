import type { TracedTokenVerifier } from "../adapters/index.ts";
import {
  loginOf,
  type Organization,
  type OrganizationId,
  type Reason,
  Refusal,
  refuseDelegated,
  type TestStep,
  type TokenTrial,
  type VerifiedClaims,
} from "../domain/index.ts";
import { administratorTexts, DELEGATION, REFUSED_ADDRESSES, TOKEN_TEXTS } from "./administrator-texts.ts";
import type { PersonPorts } from "./dry-run.ts";
import { Explainer } from "./explainer.ts";
import { judgeCredential } from "./judge-credential.ts";
import { judgePerson } from "./judge-person.ts";

export interface TrialPorts {
  /** Of its own: what it remembers is read by nothing. */
  readonly verifier: Pick<TracedTokenVerifier, "verifyAfresh">;
  readonly ports: PersonPorts;
}

/**
 * Judges a token by the rules of `serve`, as `token explain` does, in words for administrators of the organization. The
 * rules about the person are applied only if it came through one of the organization's connections. Report mode lets
 * nothing through here.
 */
export function tokenTrial({ verifier, ports }: TrialPorts): TokenTrial {
  return {
    async judge(token, organizationId, signal) {
      const explainer = new Explainer();
      let connection: string | null = null;
      let issuedAt: number | null = null;
      let untrusted: string | null = null;
      try {
        const bearer = judgeCredential(token, explainer);
        let iat: unknown;
        const texts = {
          ...TOKEN_TEXTS,
          lifetime: (facts: Parameters<typeof TOKEN_TEXTS.lifetime>[0]) => {
            iat = facts.claims.iat;
            return TOKEN_TEXTS.lifetime(facts);
          },
        };
        const claims = await verifier.verifyAfresh(bearer, signal, explainer.trace(texts));
        issuedAt = typeof iat === "number" ? iat : null;
        connection = await connectionOf(claims, ports, organizationId, signal);
        if (connection !== null) {
          const organization = await ports.stored.find(organizationId, signal);
          if (claims.actor !== null) explainer.rule("delegation", DELEGATION, () => refuseDelegated(claims));
          checkAuth0Organization(claims, organization, explainer);
          const onUntrusted = (reason: string) => {
            untrusted = reason;
          };
          const words = administratorTexts({ organizationId, onUntrusted });
          await judgePerson(claims, { ...ports, trustMode: "enforce" }, { explainer, texts: words }, signal);
        }
      } catch (error) {
        // A refusal is one of the steps already. Anything else, an outage too, says nothing about the token.
        const isStep = error instanceof Refusal && explainer.explanation.steps.at(-1)?.ok === false;
        if (!isStep || OUTAGES.has(error.reason)) throw error;
      }
      return { steps: stepsOf(explainer, untrusted), connection, issuedAt };
    },
  };
}

const OUTAGES = new Set<Reason>([
  "KEYS_UNAVAILABLE",
  "DIRECTORY_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "OVERLOADED",
  "INTERNAL",
]);

/** The token's connection, if it is one of the organization's. */
async function connectionOf(
  claims: VerifiedClaims,
  { stored, otherStrategies }: PersonPorts,
  organizationId: OrganizationId,
  signal: AbortSignal,
): Promise<string | null> {
  const login = await loginOf(claims, { organizations: stored, otherStrategies }, signal);
  return login.via === "sso" && login.connection.organizationId === organizationId
    ? login.connection.name
    : null;
}

/** Such a login would be one of another organization, or of none: it says nothing about this one. */
function checkAuth0Organization(
  { auth0OrgId }: VerifiedClaims,
  organization: Organization | null,
  explainer: Explainer,
): void {
  const isOwn = auth0OrgId === null || auth0OrgId === organization?.auth0OrgId;
  const rule = {
    saw: auth0OrgId === null ? "none: the connection decides" : isOwn ? "yours" : "not yours",
    expected: "",
    fix: "sign in through this connection without choosing another organization; if you did, ask the operators of this platform to compare the organization at Auth0",
  };
  explainer.rule("Auth0 organization", rule, () => {
    if (!isOwn) throw new Refusal("DOMAIN_NOT_ALLOWED", "the token is for another organization at Auth0");
  });
}

/**
 * The steps until the first that fails. An address that is not trusted fails here even if its user is linked already and
 * could sign in: somebody who is new could not.
 */
function stepsOf(explainer: Explainer, untrusted: string | null): TestStep[] {
  const steps: TestStep[] = explainer.explanation.steps.map(({ step, ok, saw, fix = "" }) => {
    return { rule: step, ok, saw, fix };
  });
  const at = untrusted === null ? -1 : steps.findIndex(({ rule }) => rule === "address");
  const address = steps[at];
  if (address === undefined || untrusted === null) return steps;
  const fix = REFUSED_ADDRESSES.get(untrusted) ?? "";
  return [...steps.slice(0, at), { ...address, ok: false, fix }];
}
