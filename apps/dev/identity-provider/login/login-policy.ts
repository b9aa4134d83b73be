import { interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import type { Accounts } from "../tenant/accounts.ts";
import { isAnsweredBy, type Tenant } from "../tenant/tenant.ts";

/** Asks for a login, never for consent. */
export function loginPolicy(tenant: Tenant, accounts: Accounts): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.get("consent")?.checks.clear();
  const check = ({ oidc }: KoaContextWithOIDC) => {
    const subject = oidc.session?.accountId;
    // A login that has just happened counts for any user, because asking again would never end.
    if (subject === undefined || oidc.result?.login) return false;
    const account = accounts.bySubject(subject);
    if (account === null || !tenant.admits(account)) return true;
    return !isAnsweredBy(tenant.loginRequest(oidc.params), account);
  };
  const description = "the session belongs to another login";
  const otherLogin = new interactionPolicy.Check("other_login", description, "login_required", check);
  policy.get("login")?.checks.add(otherLogin);
  return policy;
}
