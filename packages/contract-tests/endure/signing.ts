import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from "node:crypto";
import { AUDIENCE, actionClaims } from "../simulator/issuer.ts";

/** Somebody who signs in. */
export interface Account {
  readonly email: string;
  readonly subject: string;
  readonly connection: string;
}

type Json = Readonly<Record<string, unknown>>;

/** A key of the tenant, or of somebody who would like to be the tenant. */
export interface SigningKey {
  readonly jwk: JsonWebKey;
  /** Signs an access token, with these changes of its claims and header. */
  token(account: Account, claims?: Json, header?: Json): string;
}

/** @param issuer the `iss` of the tokens */
export function createSigningKey(issuer: string, kid: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return {
    jwk: { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" },
    token({ email, subject, connection }, claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const all = {
        iss: issuer,
        sub: subject,
        aud: [AUDIENCE, `${issuer}userinfo`],
        iat: now,
        exp: now + 3_600,
        ...actionClaims({ connection, email, emailVerified: false }),
        ...claims,
      };
      return compact({ alg: "RS256", typ: "JWT", kid, ...header }, all, privateKey);
    },
  };
}

function compact(header: Json, claims: Json, privateKey: KeyObject): string {
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature =
    header.alg === "none" ? "" : sign("sha256", Buffer.from(input), privateKey).toString("base64url");
  return `${input}.${signature}`;
}
