import { createSecretKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../domain/index.ts";
import {
  HAS_MANIFEST,
  HAS_VECTORS,
  HOW_TO_GET_VECTORS,
  readVectors,
  VECTORS_DIR,
} from "../../testing/published-vectors/config.ts";
import { splitToken } from "./compact-token.ts";
import { checkHeader, keyIdOf } from "./header-policy.ts";
import { issuerTable, rowOf } from "./issuers.ts";
import { usableKeys } from "./key-policy.ts";
import { signatureHolds } from "./signature.ts";
import { parseJsonObject } from "./strict-json.ts";
import { ISSUER, issuerRows } from "./testing/signed-token.ts";

type Case = { file: string; tcId: number; level: "jws" | "primitive"; expect: "accept" | "reject" };
type Member = "jws" | "jwe" | "key" | "msg" | "sig" | "tag" | "result";
type Vector = { readonly tcId: number } & { readonly [member in Member]?: string };
type Group = { public?: object; private?: object; keyJwk?: object; tests: readonly Vector[] };

const groupsOf = (file: string): Group[] => readVectors("wycheproof", file).testGroups;

const ROW = rowOf(issuerTable(issuerRows({ find: async () => null, current: () => null })), { iss: ISSUER });

/** Checks everything but the claims, because the vectors' payloads are not JSON. */
async function admits(jws: string, jwks: readonly unknown[]): Promise<boolean> {
  try {
    const parts = splitToken(jws);
    checkHeader(parts.header, ROW);
    const key = (await usableKeys(jwks)).keys.get(keyIdOf(parts.header));
    return key !== undefined && signatureHolds("RS256", key, parts);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Refusal) return false;
    throw error;
  }
}

const bytes = (hex = "") => Buffer.from(hex, "hex");
const signedBytes = ({ msg, sig, tag }: Vector) => ({
  signingInput: bytes(msg).toString("latin1"),
  signature: bytes(sig ?? tag),
});

async function isAccepted(group: Group, vector: Vector, level: Case["level"]): Promise<boolean> {
  if (level === "jws") {
    const set = group.public ?? group.private ?? {};
    const jwks: unknown = Reflect.get(set, "keys") ?? [set];
    return admits(asText(vector.jws), Array.isArray(jwks) ? jwks : []);
  }
  const { keys } = await usableKeys([{ ...group.keyJwk, kid: "vector" }]);
  const key = keys.get("vector");
  return key !== undefined && signatureHolds("RS256", key, signedBytes(vector));
}

/** Some vectors are in the JSON serialization. */
const asText = (token: unknown) => (typeof token === "string" ? token : JSON.stringify(token));

/** Where our answer differs on purpose from the manifest's. */
const EXCEPTIONS: Record<string, string> = {
  "rsa_signature_2048_sha256_test.json 258": "e = 3: our key policy refuses the key",
  "rsa_signature_2048_sha256_test.json 259": "e = 3: our key policy refuses the key",
  "rsa_signature_3072_sha256_test.json 259": "e = 3: our key policy refuses the key",
  "json_web_key_test.json 7": "ROCA: not looked for, the keys are our own tenant's",
};

if (!HAS_VECTORS) process.stdout.write(`${HOW_TO_GET_VECTORS}\n`);
if (!(HAS_VECTORS && HAS_MANIFEST) && process.env.CI !== undefined)
  it("finds the vectors in CI", () => expect.fail(HOW_TO_GET_VECTORS));

describe.skipIf(!HAS_VECTORS)("published vectors", () => {
  it.skipIf(!HAS_MANIFEST)(
    "decides every Wycheproof signature and key as an RS256-only policy must",
    async ({ task }) => {
      const cases: Case[] = readVectors("rs256-policy-manifest.json").cases;
      const vectors = new Map<string, [Group, Vector]>();
      for (const file of new Set(cases.map(({ file }) => file))) {
        for (const group of groupsOf(file))
          for (const vector of group.tests) vectors.set(`${file} ${vector.tcId}`, [group, vector]);
      }
      const differing: string[] = [];
      for (const { file, tcId, level, expect: expected } of cases) {
        const found = vectors.get(`${file} ${tcId}`);
        if (found === undefined) throw new Error(`no vector ${file} ${tcId}`);
        if ((await isAccepted(...found, level)) !== (expected === "accept"))
          differing.push(`${file} ${tcId}`);
      }
      expect(cases.length).toBe(1_203);
      expect(differing.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
      const summary = `${cases.length} vectors decided, ${differing.length} of them otherwise on purpose`;
      Object.assign(task.meta, { summary });
      process.stdout.write(`${summary}\n`);
    },
  );

  it("decides every Wycheproof HMAC-SHA-256 and accepts no truncated one", () => {
    const groups = groupsOf("hmac_sha256_test.json");
    const answers = groups.flatMap(({ tests }) =>
      tests.map((vector) => {
        const isWhole = bytes(vector.tag).length === 32;
        const holds = signatureHolds("HS256", createSecretKey(bytes(vector.key)), signedBytes(vector));
        return { tcId: vector.tcId, right: holds === (vector.result === "valid" && isWhole) };
      }),
    );
    expect(answers.length).toBe(174);
    expect(answers.filter(({ right }) => !right)).toEqual([]);
  });

  it("refuses every encrypted token before decoding it", () => {
    const tokens = groupsOf("json_web_encryption_test.json").flatMap(({ tests }) =>
      tests.map(({ jwe }) => jwe),
    );
    expect(tokens.length).toBe(139);
    for (const jwe of tokens) expect(() => splitToken(asText(jwe))).toThrow(/^token: (not three|longer)/);
  });

  it("accepts only the RS256 example of RFC 7520", async () => {
    const jwks = [readVectors("jose-cookbook", "jwk_3_3.rsa_public_key.json")];
    const admitted: string[] = [];
    for (const file of readdirSync(join(VECTORS_DIR, "jose-cookbook"))) {
      const token: unknown = readVectors("jose-cookbook", file).output?.compact;
      if (typeof token === "string" && (await admits(token, jwks))) admitted.push(file);
    }
    expect(admitted).toEqual(["jws_4_1.rsa_v15_signature.json"]);
  });

  it("reads each file of JSONTestSuite as JSON.parse does, or refuses it by a rule of ours", () => {
    const files = ["test_parsing", "test_transform"].flatMap((folder) => {
      const path = join(VECTORS_DIR, "json-test-suite", folder);
      return readdirSync(path).map((name) => ({ name, bytes: readFileSync(join(path, name)) }));
    });
    for (const { name, bytes } of files) {
      let read: unknown;
      try {
        read = parseJsonObject(bytes);
      } catch (error) {
        const rule = error instanceof SyntaxError ? error.message : "crash";
        if (name.startsWith("y_"))
          expect([name, rule]).toEqual([name, expect.stringMatching(/object|duplicate/)]);
        continue;
      }
      expect(name).not.toMatch(/^n_/);
      expect(read).toEqual(JSON.parse(bytes.toString()));
    }
    expect(files.length).toBe(340);
  });
});
