import type { TenantAction } from "@platform-api/server/adapters";
import type { Findings } from "../../terminal/finding.ts";
import { type ActionVersion, isEdition, versionOf } from "./action-version.ts";
import type { Auth0Facts, Read } from "./facts.ts";
import { conclude, type Judgement, only, problemIf, record } from "./judgement.ts";

type Actions = { readonly all: readonly TenantAction[]; readonly boundIds: readonly string[] };

/** The Action: deployed, in the flow and of this version, its namespace, and its list of strategies. */
export function checkAction(facts: Auth0Facts, shipped: ActionVersion, findings: Findings): void {
  const actions: Read<Actions> =
    "why" in facts.tenant ? { why: "no Management API" } : facts.tenant.value.actions;
  record("Action", actions, (value) => judgeAction(value, shipped), findings);
  const ours = "why" in actions ? null : findAction(actions.value, shipped);
  checkNamespace(facts, ours, shipped, findings);
  const { otherStrategies } = facts.settings;
  const deployed = ours?.deployed ?? null;
  const strategies: Read<readonly string[]> =
    "why" in actions
      ? actions
      : deployed === null
        ? { why: "no Action is deployed" }
        : { value: versionOf(deployed).otherStrategies };
  record("other strategies", strategies, (listed) => judgeStrategies(listed, otherStrategies), findings);
}

interface OurAction {
  readonly name: string;
  /** The deployed code; null if it is not deployed. */
  readonly deployed: string | null;
  readonly draft: string | null;
  readonly isBound: boolean;
  readonly secretNames: readonly string[];
}

/** The edition that comes nearest to the right one. */
function findAction({ all, boundIds }: Actions, shipped: ActionVersion): OurAction | null {
  const editions = all
    .map(({ id, name, code, deployed_version, secrets }) => ({
      name,
      deployed: deployed_version?.code ?? null,
      draft: code ?? null,
      isBound: boundIds.includes(id),
      secretNames: (secrets ?? []).map((secret) => secret.name),
    }))
    .filter(({ deployed, draft }) => isEdition(deployed ?? draft ?? ""));
  const rank = ({ deployed, draft, isBound }: OurAction) =>
    (isBound ? 4 : 0) + (isShipped(deployed, shipped) ? 2 : 0) + (isShipped(draft, shipped) ? 1 : 0);
  return editions.toSorted((a, b) => rank(b) - rank(a))[0] ?? null;
}

function isShipped(code: string | null, shipped: ActionVersion): boolean {
  return code !== null && versionOf(code).hash === shipped.hash;
}

const LIBRARY = "Actions > Library";

function judgeAction(actions: Actions, shipped: ActionVersion): Judgement {
  const action = findAction(actions, shipped);
  const expected = `auth0/post-login-action.js (${shipped.hash}), deployed and in the flow of post-login`;
  if (action === null) {
    const saw = "no Action for post-login sets the claims";
    return only({ saw, expected, fix: `${LIBRARY}: create it (docs/auth0.md, step 3)` });
  }
  const { name, deployed, draft, isBound } = action;
  const version = versionOf(deployed ?? draft ?? "").hash;
  const isWaiting = !isShipped(deployed, shipped) && isShipped(draft, shipped);
  return {
    saw: `${name}: deployed, in the flow, of this version (${shipped.hash})`,
    problems: [
      ...problemIf(isWaiting, {
        saw: `${name} has this version saved, but not deployed`,
        expected,
        fix: `${LIBRARY} > ${name} > Deploy`,
      }),
      ...problemIf(!isWaiting && !isShipped(deployed, shipped), {
        saw: `${name} is of another version (${version})`,
        expected,
        fix: `${LIBRARY} > ${name}: paste auth0/post-login-action.js of this release, Deploy`,
      }),
      ...problemIf(!isBound, {
        saw: `${name} is not in the flow, so it does nothing`,
        expected,
        fix: "Actions > Triggers > post-login: drag it into the flow, Apply",
      }),
    ],
  };
}

const NAMESPACED = /^(.+[/:])(?:email|email_verified|name|connection|capitol_user_id|sid)$/;

/** The API returns the names of secrets, not their values. The claims of a token show the value. */
function checkNamespace(
  { settings, token }: Auth0Facts,
  action: OurAction | null,
  shipped: ActionVersion,
  findings: Findings,
): void {
  const check = "claim namespace";
  const { namespace } = settings;
  const fix = "the Action's secret CLAIM_NAMESPACE must equal AUTH0_CLAIM_NAMESPACE; a new token shows it";
  if (token !== null && token !== "opaque" && !token.isMachine) {
    const seen = new Set(token.claimNames.flatMap((name) => NAMESPACED.exec(name)?.[1] ?? []));
    const problems = problemIf(!seen.has(namespace), {
      saw:
        seen.size === 0
          ? "the token has no claims of the Action"
          : `the token's claims are under ${[...seen].join(", ")}`,
      expected: namespace,
      fix: seen.size === 0 ? `deploy the Action and put it in the flow, then sign in again; ${fix}` : fix,
    });
    conclude(check, { saw: `${namespace}, as the token's claims show`, problems }, findings);
    return;
  }
  const hasSecret = action?.secretNames.includes("CLAIM_NAMESPACE");
  if (action === null || hasSecret) {
    const seen = hasSecret
      ? "the secret CLAIM_NAMESPACE exists; Auth0 does not show its value"
      : "Auth0 does not show secrets";
    findings.skipped(check, `not looked at: ${seen}; --token - reads it from a user's access token`);
    return;
  }
  const used = versionOf(action.deployed ?? action.draft ?? "").defaultNamespace ?? shipped.defaultNamespace;
  const saw = `the Action has no secret CLAIM_NAMESPACE, so it uses ${used}`;
  const problems = problemIf(used !== namespace, { saw, expected: namespace, fix });
  conclude(check, { saw, problems }, findings);
}

function judgeStrategies(listed: readonly string[], configured: readonly string[]): Judgement {
  const missing = configured.filter((name) => !listed.includes(name));
  const more = listed.filter((name) => !configured.includes(name));
  return {
    saw: `the Action's list equals AUTH0_OTHER_STRATEGIES`,
    problems: problemIf(missing.length + more.length > 0, {
      saw: [
        ...(missing.length > 0 ? [`the Action's OTHER_STRATEGIES lacks ${missing.join(", ")}`] : []),
        ...(more.length > 0 ? [`AUTH0_OTHER_STRATEGIES lacks ${more.join(", ")}`] : []),
      ].join("; "),
      expected: "the same list in both: it decides whose email_verified counts",
      fix: "OTHER_STRATEGIES in the Action, or AUTH0_OTHER_STRATEGIES",
    }),
  };
}
