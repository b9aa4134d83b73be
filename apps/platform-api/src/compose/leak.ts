import type { Resolution, Resolve } from "@platform-api/leak";
import {
  type Auth0Account,
  type Auth0Users,
  accountClaims,
  type DynamoTable,
  dynamoIdentities,
} from "@platform-api/server/adapters";
import { connectionNameOf, type Identity, type Reason, Refusal } from "@platform-api/server/domain";
import { judgeIdentity, type PersonPorts } from "@platform-api/server/trial";
import { type DirectoryConfig, readDirectoryConfig, readStoreConfig } from "../config/config.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { loginPorts } from "./judge.ts";
import { composeTenantUsers } from "./self-service.ts";
import { composeRegisteredUsers, composeTable } from "./upstreams.ts";

/** A long job waits longer for a busy store, and for the limits of the Management API, than a person does. */
const PATIENCE = { STORE_ATTEMPT_MS: 2_000, STORE_DEADLINE_MS: 20_000 };
const ASK_LIMITS = { attemptMs: 10_000, budgetMs: 60_000 };

/** What knows whose a subject is. The user directory is asked only where Auth0 says the address of an account. */
interface Knowing {
  readonly tenant: string;
  readonly links: PersonPorts["links"];
  /** Null where Auth0 is not configured. */
  readonly accounts: { readonly users: Auth0Users; readonly ports: PersonPorts } | null;
}

/**
 * Whose the subjects of AUTH0_TENANT are, by the stored links, then by the user directory where a first login of the subject
 * would be given that user. It stores nothing and creates nobody.
 * @throws {ConfigurationError}
 */
export function composeResolve({ env }: Pick<Terminal, "env">): { resolve: Resolve; close(): void } {
  const config = readStoreConfig(env);
  const users = composeTenantUsers(config, ASK_LIMITS);
  const directory = users === null ? null : readDirectoryConfig(env);
  const table = composeTable({ ...config, ...PATIENCE });
  const accounts =
    users === null || directory === null ? null : { users, ports: trialPorts(table, directory) };
  const knowing = { tenant: config.AUTH0_TENANT, links: dynamoIdentities(table), accounts };
  return { resolve: (subjects, signal) => resolveAll(subjects, knowing, signal), close: () => table.close() };
}

function trialPorts(table: DynamoTable, config: DirectoryConfig): PersonPorts {
  const ports = loginPorts(table, { ...config, TRUST_MODE: "enforce" });
  return {
    ...ports,
    organizations: ports.stored,
    links: dynamoIdentities(table),
    directory: composeRegisteredUsers(config),
  };
}

/** What is asked of the store together is one request. Auth0 is asked one by one, which keeps to its limits. */
async function resolveAll(
  subjects: readonly string[],
  knowing: Knowing,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Resolution>> {
  const { tenant } = knowing;
  const links = await Promise.all(subjects.map((subject) => knowing.links.find({ tenant, subject }, signal)));
  const resolved = new Map<string, Resolution>();
  for (const [at, subject] of subjects.entries()) {
    const link = links[at] ?? null;
    const resolution: Resolution =
      link === null ? await resolveUnlinked(subject, knowing, signal) : { userId: link.userId, by: "link" };
    resolved.set(subject, resolution);
  }
  return resolved;
}

const unknown = (why: string): Resolution => ({ userId: null, why });

/**
 * A subject alone proves no address, whatever it contains: a SAML NameID that looks like one is what the customer's identity
 * provider calls its user. A login is judged by the address of its account and the connection, which only Auth0 knows.
 */
async function resolveUnlinked(
  subject: string,
  { tenant, accounts }: Knowing,
  signal: AbortSignal,
): Promise<Resolution> {
  if (accounts === null)
    return unknown(
      "it is not linked, and Auth0 is not configured (AUTH0_EVENTS_CLIENT_ID), so that its address is unknown",
    );
  const { users, ports } = accounts;
  const account = await users.findAccount(subject, own(signal));
  if (account === "gone") return unknown("it is not linked, and its account does not exist at Auth0");
  if (account === "unaskable") return unknown("it is not linked, and Auth0 does not take it for a user's id");
  if (account.isBlocked) return unknown("it is not linked, and its account is blocked at Auth0");
  const [first, ...others] = account.identities;
  if (first === undefined || others.length > 0)
    return unknown(
      "it is not linked, and several accounts are linked to each other at Auth0: which address counts depends on which one signs in",
    );
  try {
    const claims = accountClaims({ ...account, tenant, connection: first.connection }, new Date());
    const identity = await judgeIdentity(claims, ports, own(signal));
    if (identity === null) return unknown("it is not linked, and the directory has no user with its address");
    return (await objection(identity, account, users, ports, signal)) ?? resolvedBy(identity);
  } catch (error) {
    const why = error instanceof Refusal ? describeRefused(error) : null;
    if (why === null) throw error;
    return unknown(`it is not linked, and ${why}`);
  }
}

/** All calls of Auth0 with one signal share one budget. */
const own = (signal: AbortSignal) => AbortSignal.any([signal]);

/** A login may have linked the subject while it was judged. */
function resolvedBy({ userId, judged }: Identity): Resolution {
  return { userId, by: judged === null ? "link" : "directory" };
}

/** What a first login does not ask, because who signs in has the mailbox: an account may be older than its owner. */
async function objection(
  { userId, judged, email, login }: Identity,
  account: Auth0Account,
  users: Auth0Users,
  { directory }: PersonPorts,
  signal: AbortSignal,
): Promise<Resolution | null> {
  if (judged === null) return null;
  if (account.email === null || email === null)
    return unknown("it is not linked, and its signed user id stands alone: its address is not trusted");
  if (account.signedUserId !== null && (await directory.find(email, signal)) !== userId)
    return unknown("it is not linked, and its signed user id is not the directory's user of its address");
  const seat = connectionNameOf(login);
  const isRival = (other: Auth0Account) =>
    other.subject !== account.subject &&
    other.identities.some(({ connection, provider }) => [connection, provider].includes(seat));
  // Auth0 finds an address only in the spelling that it has.
  const spellings = [...new Set([account.email, email])];
  const same = await Promise.all(spellings.map((each) => users.listAccounts(each, own(signal))));
  return same.flat().some(isRival)
    ? unknown(
        "it is not linked, and another account of its connection has the same address at Auth0: a re-created account, or a recycled mailbox",
      )
    : null;
}

/** Why a first login would be refused. Null for an outage, which says nothing about the subject. */
function describeRefused({ reason, message }: Refusal): string | null {
  const words = REFUSED.get(reason);
  return words === undefined ? null : `${words}: ${message}`;
}

const REFUSED: ReadonlyMap<Reason, string> = new Map<Reason, string>([
  ["EMAIL_MISSING", "its account has no address at Auth0"],
  ["EMAIL_INVALID", "its address at Auth0 is not in the usual form"],
  ["EMAIL_UNVERIFIED", "its address is not verified"],
  ["DOMAIN_NOT_ALLOWED", "its address is not one that its connection may vouch for"],
  ["SSO_REQUIRED", "its address is one of organizations that enforce SSO"],
  ["IDENTITY_CONFLICT", "a first login would be a conflict, as of a recycled mailbox"],
  ["IDENTITY_BLOCKED", "a first login would be refused"],
  ["TOKEN_REVOKED", "a first login would be refused"],
  ["TOKEN_INVALID", "a first login would be refused"],
  ["USER_TOKEN_REQUIRED", "it is not a person's"],
]);
