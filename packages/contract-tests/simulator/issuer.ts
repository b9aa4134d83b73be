import {
  generateKeyPairSync,
  type JsonWebKey,
  type KeyPairKeyObjectResult,
  sign as signBytes,
} from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type JWTPayload, SignJWT } from "jose";
import { listen } from "./free-ports.ts";

export const AUDIENCE = "https://api.platform.example";
export const NAMESPACE = "https://platform.example/claims/";

/** Further claims of a token. `undefined` removes a claim. */
export type Claims = Readonly<Record<string, unknown>>;

/** Somebody who signs in. */
export interface Account {
  readonly email: string;
  readonly subject: string;
  readonly connection: string;
}

/** A key of a tenant, or of somebody who would like to be the tenant. */
export interface SigningKey {
  /** As the tenant publishes it. */
  readonly jwk: JsonWebKey;
  /** Signs an access token of the subject. */
  sign(subject: string, claims?: Claims, header?: Claims): string;
  /** Signs an access token of a login by SSO. */
  token(account: Account, claims?: Claims, header?: Claims): string;
  /** Signs a header and claims exactly as given, as JSON text or bytes, even if no library would sign them. */
  seal(header: string | Buffer, claims: string | Buffer): string;
}

/** An Auth0 tenant as a resource server sees it, with an issuer, a JWKS over HTTP and signed access tokens. */
export interface Issuer {
  readonly url: string;
  readonly key: SigningKey;
  /** What the JWKS has. */
  published: readonly SigningKey[];
  sign(...token: Parameters<SigningKey["sign"]>): Promise<string>;
  seal: SigningKey["seal"];
  close(): Promise<void>;
}

const newKeys = () => generateKeyPairSync("rsa", { modulusLength: 2_048 });
/** The keys of closed issuers, for the next ones, because creating a key takes long. */
const unusedKeys: KeyPairKeyObjectResult[] = [];

export async function startIssuer(): Promise<Issuer> {
  const keys = unusedKeys.pop() ?? newKeys();
  const server = createServer((_request, response) => {
    const body = { keys: issuer.published.map(({ jwk }) => jwk) };
    response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  });
  const url = `http://127.0.0.1:${await listen(server)}/`;
  const key = createSigningKey(url, "k1", keys);
  const issuer: Issuer = {
    url,
    key,
    published: [key],
    seal: key.seal,
    sign: async (...token) => key.sign(...token),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      unusedKeys.push(keys);
    },
  };
  return issuer;
}

/** @param issuer the `iss` of the tokens */
export function createSigningKey(
  issuer: string,
  kid: string,
  { privateKey, publicKey }: KeyPairKeyObjectResult = newKeys(),
): SigningKey {
  const key: SigningKey = {
    jwk: { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" },
    sign: (subject, claims = {}, header = {}) =>
      key.seal(
        JSON.stringify({ alg: "RS256", typ: "JWT", kid, ...header }),
        JSON.stringify(accessTokenClaims(issuer, subject, claims)),
      ),
    token: ({ email, subject, connection }, claims, header) =>
      key.sign(subject, { ...actionClaims({ connection, email, emailVerified: false }), ...claims }, header),
    seal: (header, claims) => {
      const input = [header, claims].map((part) => Buffer.from(part).toString("base64url")).join(".");
      return `${input}.${signBytes("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
    },
  };
  return key;
}

/** Signs a symmetric token, like legacy platform tokens and test tokens. */
export function signWithSecret(
  secret: string,
  issuer: string,
  subject: string,
  claims: Claims = {},
): Promise<string> {
  return new SignJWT(accessTokenClaims(issuer, subject, claims))
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(secret));
}

export function accessTokenClaims(iss: string, sub: string, claims: Claims): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return { iss, sub, aud: [AUDIENCE, `${iss}userinfo`], iat: now, exp: now + 3_600, azp: "spa", ...claims };
}

/** Our own claims as the Auth0 Action sets them. */
export function actionClaims({
  connection,
  email,
  emailVerified,
  userId,
  name,
}: {
  connection?: string;
  email?: unknown;
  emailVerified?: unknown;
  userId?: string;
  name?: unknown;
}): Claims {
  const claims = { connection, email, email_verified: emailVerified, name, capitol_user_id: userId };
  return Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [`${NAMESPACE}${name}`, value]),
  );
}
