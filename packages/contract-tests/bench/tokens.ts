import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { exportJWK } from "jose";
import { accessTokenClaims, actionClaims } from "../simulator/issuer.ts";

/** Of another organization than the warm people's. */
export const GLOBEX_CONNECTION = "globex-saml";
export const ISSUER = "https://login.bench.example/";
/** The people of the warm tokens, ten tokens each, as from several devices and renewals. */
export const WARM_PEOPLE = 100;
const WARM_TOKENS = 1_000;
/** The people of the flood. */
const OTHER_PEOPLE = 200;
const FLOOD_TOKENS = 100_000;
/** Node has compiled what a new token runs after that many. */
const COMPILING_TOKENS = 20_000;

const LIFETIME_SECONDS = 86_000;
/** Stored tokens are used again while they live this long. */
const LEFT_SECONDS = 3_600;
const AT_ONCE = 500;
const FOLDER = join(tmpdir(), `platform-api-bench-${process.getuid?.() ?? "user"}`);
const signBytes = promisify(sign);

export interface Tokens {
  /** 1,000 tokens that are asked again and again. */
  readonly warm: readonly string[];
  /** One token each of other people. */
  readonly others: readonly string[];
  /** 100,000 more tokens of these. */
  readonly flood: readonly string[];
  /** And 20,000 to warm up with. */
  readonly compiling: readonly string[];
  readonly publicKey: KeyObject;
  /** The tenant's key set. */
  readonly jwks: string;
  /** Signs more tokens of the other people, all different. */
  sign(count: number): Promise<readonly string[]>;
  /** One token each of people who have never signed in. */
  signNew(count: number): Promise<readonly string[]>;
  /** One token each of these people of Acme. */
  signPeople(people: readonly string[]): Promise<readonly string[]>;
  /** So many tokens, all different, of so many people of Globex. */
  signGlobex(count: number, people: number): Promise<readonly string[]>;
}

/** Signs the tokens, or reads those of an earlier run: signing takes most of a minute. */
export async function loadTokens(progress: (text: string) => void): Promise<Tokens> {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  chmodSync(FOLDER, 0o700);
  const stored = readStored();
  const { key, tokens } = stored ?? (await signAll(progress));
  const publicKey = createPublicKey(key);
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1", use: "sig", alg: "RS256" };
  const rest = [...tokens];
  const next = (count: number) => rest.splice(0, count);
  let newcomers = 0;
  return {
    warm: next(WARM_TOKENS),
    others: next(OTHER_PEOPLE),
    flood: next(FLOOD_TOKENS),
    compiling: next(COMPILING_TOKENS),
    publicKey,
    jwks: JSON.stringify({ keys: [jwk] }),
    sign: (count) =>
      signMany(
        key,
        Array.from({ length: count }, (_, index) => otherPerson(index)),
      ),
    signNew: (count) =>
      signMany(
        key,
        Array.from({ length: count }, () => `newer-${newcomers++}`),
      ),
    signPeople: (people) => signMany(key, people),
    signGlobex: (count, people) =>
      signMany(
        key,
        Array.from({ length: count }, (_, index) => `globex-${index % people}`),
        GLOBEX,
      ),
  };
}

/** Through which connection people sign in, and the domain of their addresses. */
interface Way {
  readonly connection: string;
  readonly domain: string;
}

const ACME: Way = { connection: "acme-entra", domain: "acme.example" };
const GLOBEX: Way = { connection: GLOBEX_CONNECTION, domain: "globex.example" };

const otherPerson = (index: number) => `other-${index % OTHER_PEOPLE}`;

async function signAll(progress: (text: string) => void) {
  progress("signing 120,000 tokens, once a day");
  const { privateKey: key } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const tokens = await signMany(key, [
    ...Array.from({ length: WARM_TOKENS }, (_, index) => `warm-${index % WARM_PEOPLE}`),
    ...Array.from({ length: OTHER_PEOPLE + FLOOD_TOKENS + COMPILING_TOKENS }, (_, index) =>
      otherPerson(index),
    ),
  ]);
  const pem = key.export({ type: "pkcs8", format: "pem" });
  writeFileSync(join(FOLDER, "key.pem"), pem, { mode: 0o600 });
  writeFileSync(join(FOLDER, "tokens"), tokens.join("\n"), { mode: 0o600 });
  return { key, tokens };
}

function readStored() {
  try {
    const tokens = readFileSync(join(FOLDER, "tokens"), "latin1").split("\n");
    const isComplete = tokens.length === WARM_TOKENS + OTHER_PEOPLE + FLOOD_TOKENS + COMPILING_TOKENS;
    const claims = JSON.parse(Buffer.from(tokens[0]?.split(".")[1] ?? "", "base64url").toString());
    if (!isComplete || !(claims.exp > Date.now() / 1_000 + LEFT_SECONDS)) return null;
    return { key: createPrivateKey(readFileSync(join(FOLDER, "key.pem"))), tokens };
  } catch {
    return null; // there is no earlier run
  }
}

/** Signs on the threads of libuv. */
async function signMany(key: KeyObject, people: readonly string[], way = ACME): Promise<string[]> {
  const tokens: string[] = [];
  for (let from = 0; from < people.length; from += AT_ONCE) {
    const some = people.slice(from, from + AT_ONCE);
    const signed = some.map((person, index) => signToken(key, person, from + index, way));
    tokens.push(...(await Promise.all(signed)));
  }
  return tokens;
}

/** A token as from a login by SSO. */
async function signToken(
  key: KeyObject,
  person: string,
  serial: number,
  { connection, domain }: Way,
): Promise<string> {
  const email = `${person}@${domain}`;
  const claims = accessTokenClaims(ISSUER, `waad|${person}`, {
    ...actionClaims({ connection, email, emailVerified: false }),
    exp: Math.floor(Date.now() / 1_000) + LIFETIME_SECONDS,
    scope: "openid profile email",
    org_id: "org_acme",
    jti: `${serial}-${process.pid}`,
  });
  const parts = [{ alg: "RS256", typ: "JWT", kid: "k1" }, claims];
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${input}.${(await signBytes("sha256", Buffer.from(input), key)).toString("base64url")}`;
}
