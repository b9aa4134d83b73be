import { z } from "zod";
import type { RecordStore } from "../records/record-store.ts";
import { type Connection, PASSWORD_CONNECTION, strategyOf } from "./connection.ts";
import { DEVELOPMENT_PASSWORD, hashPassword, matchesPassword } from "./password.ts";

const KIND = "Account";

const accountSchema = z.object({
  subject: z.string(),
  connection: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  appMetadata: z.record(z.string(), z.unknown()),
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
  readonly #examples = new Map<string, Account>();
  readonly #examplePasswords = new Map<string, string>();

  constructor(records: RecordStore) {
    this.#records = records;
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
    const verified = this.#store({ ...account, emailVerified: true });
    if (this.#examples.has(account.subject)) this.#examples.set(account.subject, verified);
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
    return this.#store({
      subject: newSubject(connection.name, address),
      connection: connection.name,
      email: address,
      emailVerified: isEmailVerified,
      name: address,
      appMetadata: {},
      passwordHash,
    });
  }

  #store(account: Account): Account {
    this.#records.write(KIND, key(account.connection, account.email), account, { uid: account.subject });
    return account;
  }
}

function key(connection: string, email: string): string {
  return `${connection} ${email.toLowerCase()}`;
}
