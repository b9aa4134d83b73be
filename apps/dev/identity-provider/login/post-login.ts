import { createRequire } from "node:module";
import type { Account } from "../tenant/accounts.ts";
import { type Organization, PASSWORD_CONNECTION, type TenantConnection } from "../tenant/connection.ts";

/** The login for which tokens are issued. */
export interface Login {
  readonly account: Account;
  readonly connection: TenantConnection;
  readonly organization: Organization | null;
  readonly client: { readonly id: string; readonly name: string };
  readonly audience: string;
  /** Its session here, and whether a refresh token was used in it. */
  readonly session: { readonly sid: string | null; readonly isRefreshed: boolean };
}

type PostLoginAction = (event: unknown, api: unknown) => Promise<void>;

/** The file that operators paste into Auth0. */
const { onExecutePostLogin }: { onExecutePostLogin: PostLoginAction } = createRequire(import.meta.url)(
  "../../../../auth0/post-login-action.js",
);

/** The custom claims that the shipped post-login Action sets on the access token of this login. */
export async function postLoginClaims(
  login: Login,
  claimNamespace: string,
): Promise<Record<string, unknown>> {
  const claims: Record<string, unknown> = {};
  const api = {
    accessToken: {
      setCustomClaim(name: string, value: unknown) {
        claims[name] = value;
        return api;
      },
    },
  };
  await onExecutePostLogin(eventOf(login, claimNamespace), api);
  return claims;
}

/** The part of Auth0's event object that describes a login. */
function eventOf(login: Login, claimNamespace: string) {
  const { account, connection, organization, client, audience, session } = login;
  const { sid, isRefreshed } = session;
  const provider = connection.strategy;
  return {
    client: { client_id: client.id, name: client.name, metadata: {} },
    connection: { id: connection.id, name: connection.name, strategy: provider },
    ...(organization !== null && {
      organization: {
        id: organization.auth0OrgId,
        name: organization.name,
        display_name: organization.displayName ?? organization.name,
      },
    }),
    ...(sid !== null && (isRefreshed ? { refresh_token: { session_id: sid } } : { session: { id: sid } })),
    resource_server: { identifier: audience },
    secrets: { CLAIM_NAMESPACE: claimNamespace },
    user: {
      user_id: account.subject,
      email: account.email,
      email_verified: account.emailVerified,
      name: account.name,
      app_metadata: account.appMetadata,
      user_metadata: {},
      identities: [
        {
          connection: connection.name,
          provider,
          user_id: account.subject.slice(account.subject.indexOf("|") + 1),
          isSocial: provider === connection.name && connection.name !== PASSWORD_CONNECTION.name,
        },
      ],
    },
  };
}
