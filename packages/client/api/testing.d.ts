import { PlatformIdentity, Reason, Role } from "./token-validator.js";
import { AppRouter } from "./token-supplier.js";
import { AnyProcedure, inferRouterOutputs } from "./trpc.js";
import { HttpHandler } from "msw";
/** What operators may allow a service, see `SERVICE_CLIENTS`. */
declare const SERVICE_PERMISSIONS: readonly ["standing", "audit", "introspect"];
type ServicePermission = (typeof SERVICE_PERMISSIONS)[number];
type Outputs = inferRouterOutputs<AppRouter>;
/** The paths in a router and in the routers below it. */
type PathIn<Router> = { [Name in keyof Router & string]: Router[Name] extends AnyProcedure ? Name : `${Name}.${PathIn<Router[Name]>}`; }[keyof Router & string];
type OutputAt<At, Path> = Path extends `${infer Name}.${infer Rest}` ? Name extends keyof At ? OutputAt<At[Name], Rest> : never : Path extends keyof At ? At[Path] : never;
/** A procedure by its path, such as `auth.validate` or `org.members.list`. */
type Procedure = PathIn<AppRouter["_def"]["record"]>;
/** What the procedure answers. */
type ProcedureOutput<P extends Procedure> = OutputAt<Outputs, P>;
/** An organization, as an operator would configure it. */
interface TestOrganization {
  readonly id: string;
  readonly name: string;
  /** Its verified e-mail domains. */
  readonly domains?: readonly string[];
  /** Its SSO connections. The `strategy` is `samlp` by default. */
  readonly connections?: readonly {
    readonly name: string;
    readonly displayName?: string;
    readonly strategy?: string;
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
  /** The settings that its operator decides: `org.update` refuses to change them. Default: none. */
  readonly locked?: readonly (keyof Settings | "closing")[];
}
/** What `org.update` changes. */
interface Settings {
  name: string;
  jit: boolean;
  defaultRole: Role;
  enforceSso: boolean;
}
/** A user who can sign in. */
interface TestUser {
  readonly email: string;
  /** What their tokens call them, and organizations show beside the address. Default: nothing. */
  readonly name?: string;
  /** A lower-case UUID. Default: a random one. */
  readonly userId?: string;
  /** The roles, by organization id. `erased`: removed, and their address is null since their data was erased. */
  readonly memberships?: Readonly<Record<string, Role | "removed" | "erased">>;
  /** The SSO connection of their login. Default: a password login. */
  readonly connection?: string;
  /** The organization in their tokens. Default: the organization of `connection`. */
  readonly organizationId?: string;
  /** Whether the address of a password login is verified. Default: true. */
  readonly emailVerified?: boolean;
  /**
   * Whether they have signed in before, as users with `memberships` have: a delegated token is then let in. With `linked`,
   * an untrusted address is null instead of a refusal. Default: false.
   */
  readonly linked?: boolean;
}
/** A machine that an operator has listed, as in `SERVICE_CLIENTS`. */
interface TestService {
  readonly clientId: string;
  /** What it may do. Default: `["standing"]`. */
  readonly permissions?: readonly ServicePermission[];
}
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
/** What a token says beside its user. */
interface TestTokenOptions {
  /** The application. `console`, the default, is the only one that may administer organizations; null: it does not say. */
  readonly clientId?: PlatformIdentity["clientId"];
  /** Who acts for the user, as `auth.validate` answers it. Default: null, for the user's own token. */
  readonly actor?: PlatformIdentity["actor"];
}
interface PlatformHandlersOptions {
  /** The base address that the code under test gives to the SDK. */
  readonly url: string;
  readonly organizations?: readonly TestOrganization[];
  readonly users?: readonly TestUser[];
  /** The machines that an operator has listed. */
  readonly services?: readonly TestService[];
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
   * claims are `iss`, the user's UUID as `sub`, `exp`, and `act` if it is delegated, as in a real token. It starts with
   * `test-token`, and no server accepts it.
   * @throws {TypeError} for an address that no user has
   */
  tokenFor(user: string | Pick<TestUser, "email">, token?: TestTokenOptions): string;
  /** Issues an access token of a machine, valid for an hour. One that is not in `services` gets CLIENT_NOT_ALLOWED. */
  tokenForService(clientId: string): string;
  /** Expires the token, or without one every token issued so far: calls with it get TOKEN_EXPIRED. */
  expire(token?: string): void;
  /** Calls fail with this refusal or outage, as the server answers it, until {@link reset}. */
  refuse(reason: Reason, options?: RefusalOptions): void;
  /** Calls of the procedure that would succeed get a changed answer, until {@link reset}. */
  change<P extends Procedure>(procedure: P, change: (usual: ProcedureOutput<P>) => ProcedureOutput<P>, scope?: Omit<Scope, "procedure">): void;
  /**
   * Sets the TXT records of a name, as at a DNS provider, until {@link reset}: `org.domains.check` verifies a domain whose
   * record has the value that `org.domains.claim` answered. Without values the name has no record.
   */
  setTxt(name: string, ...values: readonly string[]): void;
  /**
   * Sets up a connection at Auth0, as somebody does at the `setupUrl` of `org.connections.begin`: the next
   * `org.connections.get` enables it, and users can be added who sign in through it. By default with `samlp`.
   * @throws {TypeError} when no such connection is being set up
   */
  finishSetup(connection: string, strategy?: string): void;
  /** Delays every answer, until {@link reset}. */
  slowDown(ms: number): void;
  /** Refuses all connections, until {@link reset}. */
  goDown(): void;
  /** Forgets the calls, the failures, and what calls have changed since the start. Users and tokens stay. */
  reset(): void;
}
/**
 * Creates MSW handlers that act as platform-api in a test: a tRPC server with the same procedures and with its own users.
 * @throws {TypeError} naming what is wrong with an organization, a user or a service
 */
export declare function platformHandlers(options: PlatformHandlersOptions): PlatformHandlers;
export type { PlatformHandlers, PlatformHandlersOptions, Procedure, ProcedureOutput, RefusalOptions, Scope, TestOrganization, TestService, TestTokenOptions, TestUser };