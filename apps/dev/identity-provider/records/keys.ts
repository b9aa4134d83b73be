import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { JWK } from "oidc-provider";
import { z } from "zod";
import { issueLocalCertificate, type LocalCertificate } from "./certificate.ts";
import type { RecordStore } from "./record-store.ts";

const KIND = "Key";

/** The longest that browsers accept is 398 days. */
const CERTIFICATE_SECONDS = 365 * 86_400;

/** The key that signs tokens. It is stored, because a new key would invalidate every token. */
export function signingKey(records: RecordStore): JWK {
  return stored(records, "signing", () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    return {
      ...privateKey.export({ format: "jwk" }),
      alg: "RS256",
      use: "sig",
    };
  });
}

/** What verifies the tokens that {@link signingKey} has signed. */
export function verificationKey(records: RecordStore): KeyObject {
  const { n = "", e = "" } = signingKey(records);
  return createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
}

/** The key that signs cookies. It is stored, so that sessions survive a restart. */
export function cookieKey(records: RecordStore): string {
  return stored(records, "cookies", () => randomBytes(32).toString("base64url"));
}

/** The certificate for https. It is replaced a month before it expires. */
export function localCertificate(records: RecordStore): LocalCertificate {
  const now = Math.floor(Date.now() / 1000);
  const certificateUntil = new Date((now + CERTIFICATE_SECONDS) * 1000);
  const expiresAt = now + CERTIFICATE_SECONDS - 30 * 86_400;
  return stored(records, "certificate", () => issueLocalCertificate(certificateUntil), expiresAt);
}

function stored<Key>(records: RecordStore, id: string, make: () => Key, expiresAt?: number): Key {
  const known = records.read(KIND, id, z.custom<Key>());
  if (known !== null) return known;
  const key = make();
  records.write(KIND, id, key, { expiresAt });
  return key;
}
