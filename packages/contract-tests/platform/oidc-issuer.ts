import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { type ClientMetadata, type Configuration, interactionPolicy, Provider } from "oidc-provider";
import { z } from "zod";
import { CookieJar } from "../../../apps/dev/token/cookie-jar.ts";
import { listen } from "../simulator/free-ports.ts";
import { AUDIENCE, type Claims } from "../simulator/issuer.ts";

const REDIRECT_URI = "http://127.0.0.1/callback";
const SCOPE = "openid read:runs";
const INTERACTION = "/interaction/";
const MAX_REDIRECTS = 10;
const SECRET = "a-secret-of-a-machine-in-contract-tests";

/** A real authorization server (oidc-provider), whose tokens are its own work. */
export interface OidcIssuer {
  readonly url: string;
  readonly jwksUrl: string;
  /** Signs the user in by the authorization code flow. @param isBound asks for a token that is bound to a key (DPoP) */
  signIn(clientId: string, subject: string, isBound?: boolean): Promise<string>;
  /** Client credentials. */
  machineToken(): Promise<string>;
  close(): Promise<void>;
}

/** @param claims the further claims of a user's tokens */
export async function startOidcIssuer(applications: readonly string[], claims: Claims): Promise<OidcIssuer> {
  const server = createServer();
  const url = `http://127.0.0.1:${await listen(server)}/`;
  const provider = new Provider(url, await configuration(applications, claims));
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith(INTERACTION)) return next();
    const { params } = await provider.interactionDetails(ctx.req, ctx.res);
    const login = { accountId: z.string().parse(params.login_hint) };
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login }));
  });
  server.on("request", provider.callback());
  return {
    url,
    jwksUrl: `${url}jwks`,
    async signIn(clientId, subject, isBound = false) {
      const verifier = randomBytes(32).toString("base64url");
      const code = await authorize(url, { clientId, subject, verifier });
      const grant = { grant_type: "authorization_code", redirect_uri: REDIRECT_URI, code };
      const body = { ...grant, client_id: clientId, code_verifier: verifier };
      return requestToken(url, body, isBound ? { dpop: await proofOfKey(url) } : {});
    },
    machineToken: () =>
      requestToken(url, { grant_type: "client_credentials", client_id: "machine", client_secret: SECRET }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function configuration(applications: readonly string[], claims: Claims): Promise<Configuration> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const key = await exportJWK(createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })));
  const policy = interactionPolicy.base();
  policy.remove("consent");
  return {
    clients: [...applications.map(application), MACHINE],
    jwks: { keys: [{ ...key, kty: "RSA", use: "sig", alg: "RS256" }] },
    cookies: { keys: ["contract-tests"] },
    scopes: SCOPE.split(" "),
    ttl: {
      AccessToken: 3_600,
      ClientCredentials: 3_600,
      Grant: 3_600,
      Session: 3_600,
      Interaction: 600,
      IdToken: 600,
    },
    interactions: { policy, url: (_ctx, { uid }) => `${INTERACTION}${uid}` },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    loadExistingGrant: async ({ oidc }) => {
      const { client, account } = oidc;
      if (client === undefined || account === undefined) return undefined;
      const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: account.accountId });
      grant.addOIDCScope(SCOPE);
      grant.addResourceScope(AUDIENCE, SCOPE);
      await grant.save();
      return grant;
    },
    extraTokenClaims: (_ctx, token) => (token.kind === "AccessToken" ? { ...claims } : {}),
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: SCOPE,
          audience: AUDIENCE,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  };
}

function application(clientId: string): ClientMetadata {
  return {
    client_id: clientId,
    application_type: "native",
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code"],
    response_types: ["code"],
    redirect_uris: [REDIRECT_URI],
  };
}

const MACHINE: ClientMetadata = {
  client_id: "machine",
  client_secret: SECRET,
  token_endpoint_auth_method: "client_secret_post",
  grant_types: ["client_credentials"],
  response_types: [],
  redirect_uris: [],
};

/** Follows the redirects of a browser to the code. */
async function authorize(
  issuer: string,
  { clientId, subject, verifier }: { clientId: string; subject: string; verifier: string },
): Promise<string> {
  const cookies = new CookieJar();
  let url = new URL("auth", issuer);
  const request = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    login_hint: subject,
  };
  url.search = new URLSearchParams(request).toString();
  for (let redirects = 0; redirects < MAX_REDIRECTS; redirects++) {
    const response = await fetch(url, { redirect: "manual", headers: { cookie: cookies.header } });
    cookies.take(response);
    const location = response.headers.get("location");
    if (location === null) throw new Error(`no redirect: ${await response.text()}`);
    url = new URL(location, url);
    const code = url.searchParams.get("code");
    if (code !== null) return code;
  }
  throw new Error(`no code after ${MAX_REDIRECTS} redirects`);
}

async function requestToken(
  issuer: string,
  body: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const init = { method: "POST", headers, body: new URLSearchParams(body) };
  const response = await fetch(new URL("token", issuer), init);
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`no token: ${JSON.stringify(answer)}`);
  return z.object({ access_token: z.string() }).parse(answer).access_token;
}

/** RFC 9449 §4.2. */
async function proofOfKey(issuer: string): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  return new SignJWT({ jti: randomUUID(), htm: "POST", htu: new URL("token", issuer).href })
    .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk: await exportJWK(publicKey) })
    .setIssuedAt()
    .sign(privateKey);
}
