import { Role } from "./token-validator.js";
import { Reason } from "./refusal.js";
import { AppRouter } from "./client.js";
import { HttpHandler } from "msw";
import { inferRouterOutputs } from "@trpc/server";
/** An organization as its operator would have set it up. */
interface TestOrganization {
  readonly id: string;
  readonly name: string;
  /** The e-mail domains it has verified. */
  readonly domains?: readonly string[];
  /** Its SSO connections. */
  readonly connections?: readonly {
    readonly name: string;
    readonly displayName?: string;
  }[];
  /** Auth0's id of it, for `discover`. */
  readonly auth0OrgId?: string;
  /** Whether who signs in through a connection of it becomes a member; yes unless said. */
  readonly jit?: boolean;
  /** What they become; `member` unless said. */
  readonly defaultRole?: Role;
  /** Whether memberships count only for logins through its own connections; no unless said. */
  readonly enforceSso?: boolean;
  /** The organizations whose SSO it trusts where they share a domain; none unless said. */
  readonly trusts?: readonly string[];
}
/** Somebody who may sign in. */
interface TestUser {
  readonly email: string;
  /** A lower-case UUID; one of its own unless said. */
  readonly userId?: string;
  /** By organization. */
  readonly memberships?: Readonly<Record<string, Role | "removed">>;
  /** The SSO connection they sign in through; a password unless said. */
  readonly connection?: string;
  /** The organization that their tokens name; that of `connection` unless said. */
  readonly organizationId?: string;
  /** Of a password login; yes unless said. */
  readonly emailVerified?: boolean;
  /** Whether they have signed in before: an address that is not trusted is null then, and no refusal. */
  readonly linked?: boolean;
}
type Outputs = inferRouterOutputs<AppRouter>;
/** A procedure by its path, such as `auth.validate`. */
type Procedure = { [Router in keyof Outputs & string]: `${Router}.${keyof Outputs[Router] & string}`; }[keyof Outputs & string];
/** What the procedure answers. */
type ProcedureOutput<P extends Procedure> = P extends `${infer Router}.${infer Name}` ? Router extends keyof Outputs ? Name extends keyof Outputs[Router] ? Outputs[Router][Name] : never : never : never;
/** Which calls a switch is for; all of them unless said. */
interface Scope {
  readonly procedure?: Procedure;
  /** The calls that come with this token. */
  readonly token?: string;
  /** How many of them: the next one, the next two … */
  readonly times?: number;
}
type RefusalOptions = Scope & {
  /** What `Retry-After` says in place of the server's own number. */
  readonly retryAfterSeconds?: number;
};
interface PlatformHandlersOptions {
  /** The base address that the code under test gives to the SDK. */
  readonly url: string;
  readonly organizations?: readonly TestOrganization[];
  readonly users?: readonly TestUser[];
}
/** platform-api without a server: who may sign in, where they belong, and what goes wrong. */
interface PlatformHandlers {
  /** For MSW's `setupServer` or `setupWorker`. */
  readonly handlers: readonly HttpHandler[];
  /** The procedures asked for, in order. */
  readonly calls: string[];
  /** Somebody more who may sign in. @throws {TypeError} naming what is wrong with them */
  addUser(user: TestUser): void;
  /**
   * An access token of the user, or of who has the address: a new one each time, good for an hour. Whoever looks
   * inside finds `iss`, the user's UUID as `sub` and `exp`, as in a real one; it begins with `test-token`, and no
   * server accepts it. @throws {TypeError} for an address that no user has
   */
  tokenFor(user: string | Pick<TestUser, "email">): string;
  /** The token, or every token so far, is TOKEN_EXPIRED from now on; later ones are good. */
  expire(token?: string): void;
  /** Calls get this refusal or outage, as the server answers it, until {@link reset}. */
  refuse(reason: Reason, options?: RefusalOptions): void;
  /** Calls of the procedure that would succeed get another answer, until {@link reset}. */
  change<P extends Procedure>(procedure: P, change: (usual: ProcedureOutput<P>) => ProcedureOutput<P>, scope?: Omit<Scope, "procedure">): void;
  /** Every answer takes this long from now on. */
  slowDown(ms: number): void;
  /** Nothing answers from now on: connections are refused. */
  goDown(): void;
  /** Forgets the calls, what went wrong, and who has become a member meanwhile. Users and tokens stay. */
  reset(): void;
}
/**
 * MSW handlers that are platform-api for a test: a tRPC server of the same procedures, with people of its own.
 * @throws {TypeError} naming what is wrong with an organization or a user
 */
export declare function platformHandlers(options: PlatformHandlersOptions): PlatformHandlers;
export type { PlatformHandlers, PlatformHandlersOptions, Procedure, ProcedureOutput, RefusalOptions, Scope, TestOrganization, TestUser };