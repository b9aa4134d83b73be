import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { JWK } from "oidc-provider";
import type { RecordStore } from "./record-store.ts";

const KIND = "Key";

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

/** The key that signs cookies. It is stored, so that sessions survive a restart. */
export function cookieKey(records: RecordStore): string {
  return stored(records, "cookies", () => randomBytes(32).toString("base64url"));
}

function stored<Key>(records: RecordStore, id: string, make: () => Key): Key {
  const json = records.read(KIND, id);
  if (json !== undefined) return JSON.parse(json);
  const key = make();
  records.write(KIND, id, key);
  return key;
}
