import { z } from "zod";
import type { RecordStore } from "../records/record-store.ts";
import { type Connection, PASSWORD_CONNECTION, strategyOf } from "./connection.ts";
import type { EventLog } from "./events.ts";
import { DEVELOPMENT_PASSWORD, hashPassword, matchesPassword } from "./password.ts";

const KIND = "Account";
/** Subjects of deleted accounts. */
const FORMER = "FormerSubject";

const accountSchema = z.object({
  subject: z.string(),
  connection: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  appMetadata: z.record(z.string(), z.unknown()),
  /** By an administrator: nobody can sign in with it. */
  isBlocked: z.boolean(),
  createdAt: z.string(),
  /** Null for accounts without a stored password, that is SSO accounts and example accounts. */
  passwordHash: z.string().nullable(),
});

/** A user of one connection. The subject never changes. */
export type Account = Readonly<z.infer<typeof accountSchema>>;

/** A user that exists from the start. It replaces what was stored, except for the subject. */
export interface ExampleAccount {
  readonly email: string;
  readonly name: string;
  /** The connection's name. */
  readonly connection: string;
  /** Default: the connection's answer, which is false for passwords. */
  readonly emailVerified?: boolean;
  /** Only for password accounts. Default: {@link DEVELOPMENT_PASSWORD}. */
  readonly password?: string;
  /** Becomes `event.user.app_metadata` of the post-login Action. */
  readonly appMetadata?: Readonly<Record<string, unknown>>;
}

/** The accounts that have signed in here, or can. */
export class Accounts {
  readonly #records: RecordStore;
  readonly #events: EventLog;
  readonly #examples = new Map<string, Account>();
  readonly #examplePasswords = new Map<string, string>();

  constructor(records: RecordStore, events: EventLog) {
    this.#records = records;
    this.#events = events;
  }

  list(): readonly Account[] {
    return this.#records.list(KIND, accountSchema);
  }

  addExample(connection: Connection, example: ExampleAccount): void {
    const known = this.findOrCreate(connection, example.email);
    const account: Account = {
      ...known,
      name: example.name,
      emailVerified: example.emailVerified ?? strategyOf(connection).isEmailVerified,
      appMetadata: { ...example.appMetadata },
      passwordHash: null,
    };
    this.#store(account);
    this.#examples.set(account.subject, account);
    if (connection.strategy === PASSWORD_CONNECTION.strategy) {
      this.#examplePasswords.set(account.subject, example.password ?? DEVELOPMENT_PASSWORD);
    }
  }

  examplesOf(connection: Connection): readonly Account[] {
    return [...this.#examples.values()].filter((account) => account.connection === connection.name);
  }

  bySubject(subject: string): Account | null {
    return this.#records.readByUid(KIND, subject, accountSchema);
  }

  byEmail(connection: Connection, email: string): Account | null {
    return this.#records.read(KIND, key(connection.name, email), accountSchema);
  }

  /** The account of the user that this connection vouches for. Creates it at the first login. */
  findOrCreate(connection: Connection, email: string): Account {
    return this.byEmail(connection, email) ?? this.#create(connection, email, null);
  }

  /** Creates a password account with an unverified address. */
  signUp(connection: Connection, email: string, password: string): Account {
    return this.#create(connection, email, hashPassword(password));
  }

  /** Marks the address as verified, until the next start if the account is an example. */
  verifyEmail(account: Account): void {
    this.#update({ ...account, emailVerified: true });
  }

  setBlocked(account: Account, isBlocked: boolean): void {
    this.#update({ ...account, isBlocked });
  }

  /** Deletes it, until the next start if the account is an example. The user of a company can sign in to it again. */
  remove(account: Account): void {
    this.#records.remove(KIND, key(account.connection, account.email));
    this.#records.write(FORMER, key(account.connection, account.email), account.subject);
    this.#examples.delete(account.subject);
    this.#examplePasswords.delete(account.subject);
    this.#events.append("user.deleted", { ...userObject(account), deleted_at: new Date().toISOString() });
  }

  /** The public password of an example account, or the empty string for any other account. */
  examplePassword({ subject }: Account): string {
    return this.#examplePasswords.get(subject) ?? "";
  }

  hasPassword({ subject, passwordHash }: Account, password: string): boolean {
    if (passwordHash !== null) return matchesPassword(password, passwordHash);
    return password === this.#examplePasswords.get(subject);
  }

  #create(connection: Connection, email: string, passwordHash: string | null): Account {
    const address = email.toLowerCase();
    const { isEmailVerified, newSubject } = strategyOf(connection);
    const former = this.#records.read(FORMER, key(connection.name, address), z.string());
    // A company's directory knows the user by the same id as before; a new password account is a new user.
    const isPassword = connection.strategy === PASSWORD_CONNECTION.strategy;
    const isSame = former !== null && !isPassword;
    const account = this.#store({
      subject: isSame ? former : newSubject(connection.name, address),
      connection: connection.name,
      email: address,
      emailVerified: isEmailVerified,
      name: isPassword ? address : nameIn(address), // Auth0 names a password account by its address
      appMetadata: {},
      isBlocked: false,
      createdAt: new Date().toISOString(),
      passwordHash,
    });
    this.#events.append("user.created", userObject(account));
    return account;
  }

  #update(account: Account): void {
    this.#store(account);
    if (this.#examples.has(account.subject)) this.#examples.set(account.subject, account);
    this.#events.append("user.updated", userObject(account));
  }

  #store(account: Account): Account {
    this.#records.write(KIND, key(account.connection, account.email), account, { uid: account.subject });
    return account;
  }
}

/** A user as the Management API and events show it. `blocked` is left out where it is false, as Auth0 may do. */
export function userObject({
  subject,
  connection,
  email,
  emailVerified,
  name,
  appMetadata,
  isBlocked,
  createdAt,
}: Account) {
  const [provider = "", ...id] = subject.split("|");
  const identity = { connection, user_id: id.join("|"), provider, isSocial: false };
  return {
    user_id: subject,
    email,
    email_verified: emailVerified,
    name,
    created_at: createdAt,
    updated_at: new Date().toISOString(),
    identities: [identity],
    ...(Object.keys(appMetadata).length > 0 && { app_metadata: appMetadata }),
    ...(isBlocked && { blocked: true }),
  };
}

function key(connection: string, email: string): string {
  return `${connection} ${email.toLowerCase()}`;
}

/** What a company's directory calls the owner of an address: `ada.turner@acme.example` is Ada Turner. */
function nameIn(address: string): string {
  const words = address
    .slice(0, address.lastIndexOf("@"))
    .split(/[._-]+/)
    .filter((word) => word !== "");
  return words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join(" ");
}
