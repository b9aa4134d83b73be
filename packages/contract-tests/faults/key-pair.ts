import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { AUDIENCE, actionClaims, type Issuer } from "../platform/issuer.ts";
import type { Newcomer } from "./forge.ts";

/** A key of the issuer's that it need not publish. */
export interface KeyPair {
  readonly jwk: JWK;
  /** An access token like the issuer's own, under this key. */
  sign(person: Pick<Newcomer, "email" | "subject">): Promise<string>;
}

export async function createKeyPair(issuer: Issuer, kid: string): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, use: "sig", alg: "RS256" },
    sign: ({ email, subject }) =>
      new SignJWT({ ...actionClaims({ connection: "forge-entra", email, emailVerified: false }) })
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid })
        .setIssuer(issuer.url)
        .setSubject(subject)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime("1h")
        .sign(privateKey),
  };
}
