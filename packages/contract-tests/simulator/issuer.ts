import {
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
  sign as signBytes,
} from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, type JWTPayload, SignJWT } from "jose";
import { listen } from "./free-ports.ts";

export const AUDIENCE = "https://api.platform.example";
export const NAMESPACE = "https://platform.example/claims/";

/** Further claims of a token. `undefined` removes a claim. */
export type Claims = Readonly<Record<string, unknown>>;

/** An Auth0 tenant as a resource server sees it, with an issuer, a JWKS over HTTP and signed access tokens. */
export interface Issuer {
  readonly url: string;
  /** Signs an access token of the subject. */
  readonly publicKey: KeyObject;
  sign(subject: string, claims?: Claims, header?: { typ?: string; kid?: string }): Promise<string>;
  /** Signs a header and claims exactly as given, as JSON text or bytes, even if no library would sign them. */
  seal(header: string | Buffer, claims: string | Buffer): string;
  close(): Promise<void>;
}

/** The keys of closed issuers, for the next ones, because creating a key takes long. */
const unusedKeys: KeyPairKeyObjectResult[] = [];

export async function startIssuer(): Promise<Issuer> {
  const keys = unusedKeys.pop() ?? generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const { privateKey, publicKey } = keys;
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1", use: "sig", alg: "RS256" };
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [jwk] }));
  });
  const url = `http://127.0.0.1:${await listen(server)}/`;
  return {
    url,
    publicKey,
    seal: (header, claims) => {
      const input = [header, claims].map((part) => Buffer.from(part).toString("base64url")).join(".");
      return `${input}.${signBytes("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
    },
    sign: (subject, claims = {}, header = {}) =>
      new SignJWT(accessTokenClaims(url, subject, claims))
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: "k1", ...header })
        .sign(privateKey),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      unusedKeys.push(keys);
    },
  };
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
}: {
  connection?: string;
  email?: unknown;
  emailVerified?: unknown;
  userId?: string;
}): Claims {
  const claims = { connection, email, email_verified: emailVerified, capitol_user_id: userId };
  return Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [`${NAMESPACE}${name}`, value]),
  );
}
