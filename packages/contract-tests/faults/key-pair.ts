import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { AUDIENCE, actionClaims, type Issuer } from "../simulator/issuer.ts";
import type { Newcomer } from "./people.ts";

/** A key of the issuer that is not published by default. */
export interface KeyPair {
  readonly jwk: JWK;
  /** Signs an access token like the issuer's with this key. */
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
