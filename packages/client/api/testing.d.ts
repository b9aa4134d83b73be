import { Reason, Role } from "./token-validator.js";
import { AppRouter } from "./token-supplier.js";
import { inferRouterOutputs } from "./trpc.js";
import { HttpHandler } from "msw";
/** An organization, as an operator would configure it. */
interface TestOrganization {
  readonly id: string;
  readonly name: string;
  /** Its verified e-mail domains. */
  readonly domains?: readonly string[];
  /** Its SSO connections. */
  readonly connections?: readonly {
    readonly name: string;
    readonly displayName?: string;
  }[];
  /** Its id in Auth0, for `discover`. */
  readonly auth0OrgId?: string;
  /** Whether a user who signs in through one of its connections becomes a member. Default: true. */
  readonly jit?: boolean;
  /** The role of such a member. Default: `member`. */
  readonly defaultRole?: Role;
  /** Whether memberships count only for logins through its own connections. Default: false. */
  readonly enforceSso?: boolean;
  /** The ids of organizations whose SSO it trusts for a shared domain. Default: none. */
  readonly trusts?: readonly string[];
}
/** A user who can sign in. */
interface TestUser {
  readonly email: string;
  /** A lower-case UUID. Default: a random one. */
  readonly userId?: string;
  /** The roles, by organization id. */
  readonly memberships?: Readonly<Record<string, Role | "removed">>;
  /** The SSO connection of their login. Default: a password login. */
  readonly connection?: string;
  /** The organization in their tokens. Default: the organization of `connection`. */
  readonly organizationId?: string;
  /** Whether the address of a password login is verified. Default: true. */
  readonly emailVerified?: boolean;
  /** Whether they have signed in before: an untrusted address is then null instead of a refusal. Default: false. */
  readonly linked?: boolean;
}
type Outputs = inferRouterOutputs<AppRouter>;
/** A procedure by its path, such as `auth.validate`. */
type Procedure = { [Router in keyof Outputs & string]: `${Router}.${keyof Outputs[Router] & string}`; }[keyof Outputs & string];
/** What the procedure answers. */
type ProcedureOutput<P extends Procedure> = P extends `${infer Router}.${infer Name}` ? Router extends keyof Outputs ? Name extends keyof Outputs[Router] ? Outputs[Router][Name] : never : never : never;
/** The calls that a refusal or an override applies to; all calls without any of these. */
interface Scope {
  readonly procedure?: Procedure;
  /** Only calls with this token. */
  readonly token?: string;
  /** Only the next `times` of these calls. */
  readonly times?: number;
}
type RefusalOptions = Scope & {
  /** Replaces the server's usual `Retry-After`. */
  readonly retryAfterSeconds?: number;
};
interface PlatformHandlersOptions {
  /** The base address that the code under test gives to the SDK. */
  readonly url: string;
  readonly organizations?: readonly TestOrganization[];
  readonly users?: readonly TestUser[];
}
/** platform-api without a server: its users, their memberships, and the failures that a test switches on. */
interface PlatformHandlers {
  /** For MSW's `setupServer` or `setupWorker`. */
  readonly handlers: readonly HttpHandler[];
  /** The procedures that were called, in order. */
  readonly calls: string[];
  /** Adds a user who can sign in. @throws {TypeError} naming what is wrong with the user */
  addUser(user: TestUser): void;
  /**
   * Issues an access token for the user, or for the user with this address: a new one each time, valid for an hour. Its
   * claims are `iss`, the user's UUID as `sub`, and `exp`, as in a real token. It starts with `test-token`, and no server
   * accepts it.
   * @throws {TypeError} for an address that no user has
   */
  tokenFor(user: string | Pick<TestUser, "email">): string;
  /** Expires the token, or without one every token issued so far: calls with it get TOKEN_EXPIRED. */
  expire(token?: string): void;
  /** Calls fail with this refusal or outage, as the server answers it, until {@link reset}. */
  refuse(reason: Reason, options?: RefusalOptions): void;
  /** Calls of the procedure that would succeed get a changed answer, until {@link reset}. */
  change<P extends Procedure>(procedure: P, change: (usual: ProcedureOutput<P>) => ProcedureOutput<P>, scope?: Omit<Scope, "procedure">): void;
  /** Delays every answer, until {@link reset}. */
  slowDown(ms: number): void;
  /** Refuses all connections, until {@link reset}. */
  goDown(): void;
  /** Forgets the calls, the failures, and memberships created since the start. Users and tokens stay. */
  reset(): void;
}
/**
 * Creates MSW handlers that act as platform-api in a test: a tRPC server with the same procedures and with its own users.
 * @throws {TypeError} naming what is wrong with an organization or a user
 */
export declare function platformHandlers(options: PlatformHandlersOptions): PlatformHandlers;
export type { PlatformHandlers, PlatformHandlersOptions, Procedure, ProcedureOutput, RefusalOptions, Scope, TestOrganization, TestUser };