import { FORGE } from "../simulator/forge.ts";
import type { Account, SigningKey } from "../simulator/issuer.ts";
import type { Answer, Request } from "./exchange.ts";
import { HOSTILE_ADDRESSES, type Person } from "./people.ts";
import { pipeline, readSlowly, writeSlowly } from "./raw-sockets.ts";
import type { HostileKind } from "./rules.ts";

/** Every address and subject that a hostile request makes up contains it. */
export const MALLORY = "mallory";
/** Most hostile requests come from the few addresses, the others from many. */
const SPREAD_EVERY = 3;

/** What an attacker may know. */
export interface Loot {
  /** The tenant's key, for what the tenant signs without meaning an identity. */
  readonly tenant: SigningKey;
  /** A key of the tenant that is not published any more. */
  readonly retired: SigningKey;
  /** A key that the tenant never published, under the id of one that it did. */
  readonly forger: SigningKey;
  readonly removed: Person;
  readonly victim: Person;
}

let serial = 0;

/** The hostile requests that are sent by way of bytes rather than of an HTTP client. */
export const BY_BYTES: Partial<Record<HostileKind, (url: string, address: string) => Promise<Answer>>> = {
  "slow writer": writeSlowly,
  "slow reader": readSlowly,
  pipelining: pipeline,
};

/** A client address of this hostile request. */
export function hostileAddress(): string {
  serial += 1;
  const few = HOSTILE_ADDRESSES[serial % HOSTILE_ADDRESSES.length] ?? "";
  return serial % SPREAD_EVERY === 0 ? `198.18.${Math.floor(serial / 250) % 250}.${serial % 250}` : few;
}

/** Signing costs as much as answering, so each kind has so many requests for each key of the tenant. */
const DIFFERENT = 25;
const written = new Map<string, Request>();

export function hostileRequest(kind: HostileKind, loot: Loot): Request {
  const address = hostileAddress();
  const id = `${kind} ${loot.tenant.jwk.kid} ${serial % DIFFERENT}`;
  const request = written.get(id) ?? write(kind, loot);
  written.set(id, request);
  return { ...request, headers: { ...request.headers, "x-forwarded-for": address } };
}

function write(kind: HostileKind, loot: Loot): Request {
  const name = `${MALLORY}-${serial}`;
  const account = { email: `${name}@${FORGE}.example`, subject: `waad|${name}`, connection: "forge-entra" };
  return WRITE[kind]?.(account, loot) ?? validate("");
}

const TRPC = "/trpc/auth.validate";
const JSON_TYPE = { "content-type": "application/json" };

function validate(token: string): Request {
  return { path: serial % 2 === 0 ? TRPC : "/validate", headers: { authorization: `Bearer ${token}` } };
}

function post(path: string, body: string): Request {
  return { method: "POST", path, body, headers: JSON_TYPE };
}

type Write = (account: Account, loot: Loot) => Request;

const WRITE: Partial<Record<HostileKind, Write>> = {
  "forged signature": (account, { forger }) => validate(forger.token(account)),
  "alg none": (account, { tenant }) =>
    validate(tenant.token(account, {}, { alg: "none" }).replace(/[^.]+$/, "")),
  "another audience": (account, { tenant }) =>
    validate(tenant.token(account, { aud: "https://other.example" })),
  "expired token": (account, { tenant }) => {
    const now = Math.floor(Date.now() / 1_000);
    return validate(tenant.token(account, { iat: now - 7_200, exp: now - 3_600 }));
  },
  "unknown key": (account, { forger }) =>
    validate(forger.token(account, {}, { kid: `${MALLORY}-${serial}` })),
  "retired key": (account, { retired }) => validate(retired.token(account)),
  "another issuer": (account, { tenant }) =>
    validate(tenant.token(account, { iss: "https://other.example/" })),
  "foreign domain": (account, { tenant }) =>
    validate(tenant.token({ ...account, connection: "rival-entra" })),
  "unverified address": ({ email, subject }, { tenant }) => {
    const password = subject.replace("waad|", "auth0|");
    return validate(
      tenant.token({ email, subject: password, connection: "Username-Password-Authentication" }),
    );
  },
  "recycled mailbox": ({ subject }, { tenant, victim }) => validate(tenant.token({ ...victim, subject })),
  "removed member": (_, { tenant, removed }) => validate(tenant.token(removed)),
  "conflicting headers": (account, { forger, tenant }) => ({
    path: TRPC,
    headers: { authorization: `Bearer ${tenant.token(account)}`, "x-user-token": forger.token(account) },
  }),
  "large body": () => post("/public/auth/discover", JSON.stringify({ email: "x".repeat(40_000) })),
  "large headers": () => ({ path: TRPC, headers: { "x-large": "x".repeat(20_000) } }),
  "deep JSON": () => post("/public/auth/discover", `${"[".repeat(5_000)}${"]".repeat(5_000)}`),
  "batch over ten": (account, { tenant }) => ({
    ...validate(tenant.token(account)),
    path: `/trpc/${Array(50).fill("auth.validate").join(",")}?batch=1`,
  }),
  "batch of bad tokens": (account, { forger }) => ({
    ...validate(forger.token(account)),
    path: `/trpc/${Array(10).fill("auth.validate").join(",")}?batch=1`,
  }),
  "wrong method": (account, { forger }) => ({ ...validate(forger.token(account)), method: "DELETE" }),
  "discovery flood": ({ email }) => post("/public/auth/discover", JSON.stringify({ email })),
  "aborting caller": (account, { forger }) => ({ ...validate(forger.token(account)), abortAfterMs: 2 }),
};
