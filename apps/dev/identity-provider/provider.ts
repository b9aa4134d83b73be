import { type Configuration, errors, type KoaContextWithOIDC, Provider } from "oidc-provider";
import { z } from "zod";
import { authorizationQuery } from "./auth0-request.ts";
import { endSession, nameSessions } from "./end-session.ts";
import { ACCESS_TOKEN_SECONDS, opensUserinfo, shapeLikeAuth0, type Token } from "./login/access-token.ts";
import type { EmailVerification } from "./login/email-verification.ts";
import { answerLogin, loginPath } from "./login/login-page.ts";
import { loginPolicy } from "./login/login-policy.ts";
import { postLoginClaims } from "./login/post-login.ts";
import { checkGrant, scopesOf } from "./management/grant.ts";
import { type ManagementApi, managementAudience } from "./management/management-api.ts";
import type { ManagementServices } from "./management/services.ts";
import { showError, showLoggedOut, showLogout, showWelcome } from "./protocol-pages.ts";
import { cookieKey, signingKey } from "./records/keys.ts";
import { recordAdapter } from "./records/record-adapter.ts";
import type { RecordStore } from "./records/record-store.ts";
import { answerWizard } from "./self-service/wizard.ts";
import { allowAppOrigins, isAppClient } from "./tenant/app-clients.ts";
import { clients } from "./tenant/clients.ts";
import type { Organization } from "./tenant/connection.ts";
import { answerUsers } from "./users/users-page.ts";
import { answerV2Logout, V2_LOGOUT } from "./v2-logout.ts";

/** What the protocol needs. */
export interface ProviderOptions extends ManagementServices {
  /** The one of the tenant's issuers that answers. */
  readonly issuer: string;
  readonly management: ManagementApi;
  readonly emailVerification: EmailVerification;
}

const ROUTES = {
  authorization: "/authorize",
  token: "/oauth/token",
  revocation: "/oauth/revoke",
  userinfo: "/userinfo",
  jwks: "/.well-known/jwks.json",
  end_session: "/oidc/logout",
};
const SCOPE = "openid profile email offline_access";
const SESSION_SECONDS = 7 * 86_400;
const GRANT_SECONDS = 30 * 86_400;
const GRANT_ORGANIZATION = "GrantOrganization";

/** oidc-provider with Auth0's paths, parameters and tokens. */
export function createProvider(options: ProviderOptions): Provider {
  const { issuer, tenant, accounts, records, management, tickets, emailVerification, mailboxUrl } = options;
  const provider = new Provider(issuer, configuration(options));
  allowAppOrigins(provider, options.appOrigins);
  nameSessions(provider);
  // A session does not know at which of its addresses the tenant began it.
  if (issuer === options.issuers[0]) {
    options.sessions.endBy(async (id) => {
      const session = await provider.Session.find(id);
      if (session !== undefined) await endSession(session, provider);
    });
  }
  provider.use(async (ctx, next) => {
    if (ctx.path === "/" && ctx.method === "GET") return showWelcome(ctx);
    if (ctx.path === V2_LOGOUT && ctx.method === "GET") return answerV2Logout(ctx, provider);
    if (await answerLogin(ctx, { provider, tenant, accounts, emailVerification, mailboxUrl })) return;
    if (await emailVerification.answer(ctx)) return;
    if (await answerUsers(ctx, options)) return;
    if (await answerWizard(ctx, { tenant, tickets })) return;
    if (await management.answer(ctx)) return;
    if (ctx.path === ROUTES.authorization) ctx.querystring = authorizationQuery(ctx.querystring);
    await next();
    // oidc-client-ts takes an empty answer only without a type.
    if (ctx.path === ROUTES.revocation && ctx.body === "") ctx.remove("content-type");
  });
  provider.on("grant.success", (ctx) => {
    rememberForUserinfo(ctx, records);
    tellGrantedScopes(ctx, managementAudience(options.issuers[0]));
  });
  provider.on("revocation.error", (ctx, { error }) => {
    if (error === "unsupported_token_type") Object.assign(ctx, { status: 200, body: "" });
  });
  return provider;
}

/** Auth0's API tokens also open `/userinfo`, but oidc-provider only finds tokens that it has stored. */
function rememberForUserinfo({ oidc, body }: KoaContextWithOIDC, records: RecordStore): void {
  const token = oidc.entities.AccessToken;
  if (token?.aud === undefined || !opensUserinfo(token)) return;
  const { access_token: value } = z.object({ access_token: z.string() }).parse(body);
  const { accountId, clientId, grantId, scope, kind } = token;
  const iat = Math.floor(Date.now() / 1000);
  const expiresAt = iat + token.expiration;
  const payload = { kind, jti: value, accountId, clientId, grantId, scope, iat, exp: expiresAt };
  records.write(kind, value, payload, { grantId, expiresAt });
}

/** Without a `scope` in the request, Auth0 grants a machine all of its scopes. */
function grantedScopes(token: Token, audience: string): string | undefined {
  const isManagement = token.kind === "ClientCredentials" && [token.aud].flat().includes(audience);
  return isManagement ? (token.scope ?? scopesOf(token.clientId).join(" ")) : undefined;
}

function tellGrantedScopes({ oidc, body }: KoaContextWithOIDC, audience: string): void {
  const token = oidc.entities.ClientCredentials;
  const scope = token === undefined ? undefined : grantedScopes(token, audience);
  if (scope !== undefined && typeof body === "object" && body !== null) Object.assign(body, { scope });
}

function configuration(options: ProviderOptions): Configuration {
  const { issuer, records, tenant, accounts, appOrigins } = options;
  const managementAudienceOfTenant = managementAudience(options.issuers[0]);
  return {
    adapter: (kind) => recordAdapter(records, kind),
    clients: clients(options),
    // Its own refuses loopback addresses, where applications run in development.
    fetch: (input, { dispatcher: _, ...init } = {}) => fetch(input, init),
    clientBasedCORS: (_ctx, origin, client) =>
      isAppClient(client)
        ? appOrigins.includes(origin)
        : client.redirectUris?.some((uri) => new URL(uri).origin === origin) === true,
    jwks: { keys: [signingKey(records)] },
    cookies: {
      keys: [cookieKey(records)],
      // As at Auth0, for the iframe of silent login. Browsers accept `none` from https only.
      long: { httpOnly: true, sameSite: issuer.startsWith("https:") ? "none" : "lax" },
    },
    routes: ROUTES,
    responseTypes: ["code", "id_token", "code id_token"],
    acceptQueryParamAccessTokens: true, // passport-auth0 asks `/userinfo` so
    allowOmittingSingleRegisteredRedirectUri: false, // it would be the placeholder of your own apps
    enabledJWA: { idTokenSigningAlgValues: ["RS256"] },
    claims: { openid: ["sub", "org_id"], profile: ["name"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false, // Auth0 puts the profile into the ID token
    extraParams: ["audience", "connection", "organization", "screen_hint"],
    interactions: { policy: loginPolicy(tenant, accounts), url: (_ctx, { uid }) => loginPath(uid) },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      IdToken: 36_000,
      RefreshToken: GRANT_SECONDS,
      Grant: GRANT_SECONDS,
      Session: SESSION_SECONDS,
      Interaction: 3_600,
    },
    findAccount: accountFinder(options),
    loadExistingGrant: (ctx) => grant(ctx, options),
    extraTokenClaims: (ctx, token) => customClaims(ctx, token, options),
    formats: {
      customizers: {
        jwt: (_ctx, token, jwt) => {
          const scope = grantedScopes(token, managementAudienceOfTenant);
          shapeLikeAuth0(options, token, jwt);
          if (scope !== undefined) jwt.payload.scope = scope;
        },
      },
    },
    renderError: (ctx, out) => showError(ctx, out, appOrigins),
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      webMessageResponseMode: { enabled: true, ack: "individual-draft-01" },
      revocation: {
        enabled: true,
        // To Auth0 an access token is an unknown one here: 200, and it stays valid (RFC 7009 §2.2).
        allowedPolicy: (_ctx, client, token) =>
          token.kind === "RefreshToken" && token.clientId === client.clientId,
      },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: showLogout, postLogoutSuccessSource: showLoggedOut },
      resourceIndicators: resourceIndicators(options),
    },
  };
}

/** Finds the account of a session or token, with its claims. */
function accountFinder(options: ProviderOptions): Configuration["findAccount"] {
  return (_ctx, subject, token) => {
    const account = options.accounts.bySubject(subject);
    if (account === null || !options.tenant.admits(account)) return undefined;
    const { email, emailVerified, name } = account;
    const organization =
      token !== undefined && "grantId" in token ? organizationOf(token.grantId, options) : null;
    const org_id = organization?.auth0OrgId;
    const claims = { sub: subject, email, email_verified: emailVerified, name, org_id };
    return { accountId: subject, claims: () => claims };
  };
}

/** A token is for one API: platform-api, or the Management API. */
function resourceIndicators({
  audience,
  defaultAudience,
  issuers,
}: ProviderOptions): NonNullable<Configuration["features"]>["resourceIndicators"] {
  const managementApi = managementAudience(issuers[0]);
  return {
    enabled: true,
    defaultResource: ({ oidc }) => {
      const asked = oidc.params?.audience ?? oidc.body?.audience;
      return typeof asked === "string" ? asked : defaultAudience;
    },
    useGrantedResource: () => true,
    getResourceServerInfo: ({ oidc }, identifier, { clientId }) => {
      const settings = { accessTokenFormat: "jwt", accessTokenTTL: ACCESS_TOKEN_SECONDS } as const;
      if (identifier === managementApi) {
        checkGrant(clientId, identifier, oidc.params?.scope);
        return { scope: scopesOf(clientId).join(" "), audience: identifier, ...settings };
      }
      if (identifier !== audience) throw new errors.AccessDenied(`Service not found: ${identifier}`);
      return { scope: SCOPE, audience, ...settings };
    },
  };
}

/** Each authorization gets its own grant, because the logins of one session may differ in organization. */
async function grant({ oidc }: KoaContextWithOIDC, { audience, records, tenant }: ProviderOptions) {
  const { client, account, params } = oidc;
  if (client === undefined || account === undefined) return undefined;
  const granted = new oidc.provider.Grant({ clientId: client.clientId, accountId: account.accountId });
  granted.addOIDCScope(SCOPE);
  granted.addResourceScope(audience, SCOPE);
  const id = await granted.save();
  const request = tenant.loginRequest(params);
  if ("organization" in request && request.organization !== null) {
    const expiresAt = Math.floor(Date.now() / 1000) + GRANT_SECONDS;
    records.write(GRANT_ORGANIZATION, id, request.organization.auth0OrgId, { expiresAt });
  }
  return granted;
}

/** The organization of a grant's login. */
function organizationOf(
  grantId: string | undefined,
  { records, tenant }: ProviderOptions,
): Organization | null {
  const id = grantId === undefined ? null : records.read(GRANT_ORGANIZATION, grantId, z.string());
  return id === null ? null : tenant.organization(id);
}

/** Like Auth0, runs the post-login Action for user tokens, also for refreshed ones, but not for machine tokens. */
async function customClaims({ oidc }: KoaContextWithOIDC, token: Token, options: ProviderOptions) {
  if (token.kind !== "AccessToken") return undefined;
  const account = options.accounts.bySubject(token.accountId);
  if (account === null) return undefined;
  const organization = organizationOf(token.grantId, options);
  const { audience, claimNamespace, tenant } = options;
  const connection = tenant.connection(account.connection);
  const client = { id: oidc.client?.clientId ?? "", name: oidc.client?.clientName ?? "" };
  const { AuthorizationCode: code, RefreshToken: refreshed } = oidc.entities;
  const session = { sid: (code ?? refreshed)?.sid ?? null, isRefreshed: code === undefined };
  const login = { account, connection, organization, client, audience, session };
  const claims = await postLoginClaims(login, claimNamespace);
  return organization === null ? claims : { ...claims, org_id: organization.auth0OrgId };
}
