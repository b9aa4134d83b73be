import { FORGE, ORGANIZATIONS } from "../simulator/forge.ts";
import type { Account, SigningKey } from "../simulator/issuer.ts";
import type { Request } from "./exchange.ts";
import type { Change } from "./rules.ts";

/** An organization whose SSO connection operators take away and bring back. */
export const FLUX = "flux";
const RIVAL = "rival";

const organization = (id: string, connections: readonly object[]) => ({
  id,
  name: id,
  jit: true,
  defaultRole: "member",
  domains: [`${id}.example`],
  connections,
});
const sso = (id: string) => ({ name: `${id}-entra`, strategy: "waad", displayName: id });

/** The organizations file. @param revision changes a name in which nobody is interested */
export function organizations({ hasFlux = true, revision = 0 } = {}): readonly object[] {
  return [
    ...ORGANIZATIONS,
    { ...organization(RIVAL, [sso(RIVAL)]), name: `Rival ${revision}` },
    organization(FLUX, hasFlux ? [sso(FLUX)] : []),
  ];
}

/** Somebody who may sign in. */
export interface Person extends Account {
  readonly organization: string;
  /** Where the person's requests come from. */
  readonly address: string;
  /** What operators do to the person, which may be shared with others. */
  readonly changes: Change[];
}

/** A few hostile clients send most of the hostile requests, from here. Some people share these addresses. */
export const HOSTILE_ADDRESSES = ["203.0.113.1", "203.0.113.2", "203.0.113.3"];
const SHARED_BY = 5;

let serial = 0;

export function newPerson(name: string, organization = FORGE, changes: Change[] = []): Person {
  serial += 1;
  const shared = HOSTILE_ADDRESSES[serial % HOSTILE_ADDRESSES.length] ?? "";
  return {
    email: `${name}-${serial}@${organization}.example`,
    subject: `waad|${name}-${serial}`,
    connection: `${organization}-entra`,
    organization,
    address: serial % SHARED_BY === 0 ? shared : `10.0.${Math.floor(serial / 250) % 250}.${serial % 250}`,
    changes,
  };
}

/** Whether an answer to this call must identify the person or grant access; `foreign` must never. */
export type Call = keyof typeof CALLS;

const CALLS = {
  "auth.validate": { path: "/trpc/auth.validate" },
  validate: { path: "/validate" },
  me: { path: "/organizations/me" },
  check: { path: "/check?organizationId=" },
  batch: { path: "/trpc/auth.validate,org.me?batch=1&input=%7B%7D" },
  foreign: { path: `/check?organizationId=${RIVAL}` },
} as const;

/** In this order, again and again. */
export const WARM_CALLS: readonly Call[] = [
  "auth.validate",
  "validate",
  "me",
  "auth.validate",
  "check",
  "validate",
  "batch",
  "auth.validate",
  "foreign",
];
export const FIRST_CALLS: readonly Call[] = ["validate", "me", "auth.validate", "check", "batch"];

/** @param token given by `Authorization`, or as services do by `X-User-Token` */
export function personRequest(person: Person, call: Call, token: string, asService: boolean): Request {
  const path = call === "check" ? `${CALLS.check.path}${person.organization}` : CALLS[call].path;
  const credential = asService ? { "x-user-token": token } : { authorization: `Bearer ${token}` };
  return { path, headers: { ...credential, "x-forwarded-for": person.address } };
}

const tokens = new WeakMap<SigningKey, WeakMap<Person, string>>();

/** The person's token under this key, signed once. */
export function tokenOf(person: Person, key: SigningKey): string {
  const signed = tokens.get(key) ?? new WeakMap<Person, string>();
  tokens.set(key, signed);
  const token = signed.get(person) ?? key.token(person);
  signed.set(person, token);
  return token;
}
