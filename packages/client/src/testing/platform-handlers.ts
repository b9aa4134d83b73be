import { parseEmail } from "@platform-api/server/memory";
import type { Reason } from "@platform-api/server/router";
import { credentialOf } from "@platform-api/server/wire";
import { delay, type HttpHandler, HttpResponse, http } from "msw";
import { answer, preflight, proceduresOf } from "./answer.ts";
import type { Procedure, ProcedureOutput } from "./procedures.ts";
import {
  customersOf,
  serviceClientsOf,
  type TestOrganization,
  type TestService,
  type TestUser,
  type User,
  userOf,
} from "./scenario.ts";
import { type RefusalOptions, type Scope, Switches } from "./switches.ts";
import { type TestTokenOptions, Tokens } from "./tokens.ts";
import { World } from "./world.ts";

export interface PlatformHandlersOptions {
  /** The base address that the code under test gives to the SDK. */
  readonly url: string;
  readonly organizations?: readonly TestOrganization[];
  readonly users?: readonly TestUser[];
  /** The machines that an operator has listed. */
  readonly services?: readonly TestService[];
}

/** platform-api without a server: its users, their memberships, and the failures that a test switches on. */
export interface PlatformHandlers {
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
  change<P extends Procedure>(
    procedure: P,
    change: (usual: ProcedureOutput<P>) => ProcedureOutput<P>,
    scope?: Omit<Scope, "procedure">,
  ): void;
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
export function platformHandlers(options: PlatformHandlersOptions): PlatformHandlers {
  const { origin, pathname } = new URL(options.url);
  const endpoint = `${pathname.replace(/\/+$/, "")}/trpc`;
  const customers = customersOf(options.organizations ?? []);
  const users = new Map<string, User>();
  const scenario = { customers, users, serviceClients: serviceClientsOf(options.services ?? []) };
  const tokens = new Tokens();
  const switches = new Switches();
  const calls: string[] = [];
  let world = new World(scenario, tokens);

  function addUser(given: TestUser): void {
    const organizationIds = new Set(customers.map(({ organization }) => organization.id));
    const user = userOf(given, { organizationIds, findConnection: (name) => world.findConnection(name) });
    if (users.has(user.email))
      throw new TypeError("platformHandlers: two users have the same e-mail address");
    users.set(user.email, user);
    world.add(user);
  }
  for (const user of options.users ?? []) addUser(user);

  return {
    handlers: [
      http.all(`${origin}${endpoint}/*`, async ({ request }) => {
        if (request.method === "OPTIONS") return preflight(request);
        calls.push(...proceduresOf(request, endpoint));
        if (switches.delayMs > 0) await delay(switches.delayMs);
        if (switches.isDown) return HttpResponse.error();
        const token = tokenOf(request.headers);
        return answer(request, endpoint, world.services, async (procedure, usual) => {
          switches.applyRefusal({ procedure, token });
          return switches.applyOverride({ procedure, token }, await usual());
        });
      }),
    ],
    calls,
    addUser,
    tokenFor(who, token = {}) {
      const user = users.get(parseEmail(typeof who === "string" ? who : who.email) ?? "");
      if (user === undefined)
        throw new TypeError("platformHandlers: tokenFor: no user has this e-mail address");
      const issued = tokens.issue(user, token);
      world.addActors(tokens);
      return issued;
    },
    tokenForService: (clientId) => tokens.issueMachine(clientId),
    expire: (token) => tokens.expire(token),
    refuse: (reason, refusal = {}) => switches.refuse(reason, refusal),
    change: (procedure, change, scope = {}) => switches.change(procedure, change, scope),
    setTxt: (name, ...values) => world.setTxt(name.toLowerCase(), values),
    finishSetup: (connection, strategy = "samlp") => world.finishSetup(connection, strategy),
    slowDown: (ms) => {
      switches.delayMs = ms;
    },
    goDown: () => {
      switches.isDown = true;
    },
    reset() {
      calls.length = 0;
      switches.reset();
      world = new World(scenario, tokens);
    },
  };
}

/** The token of a request; null without a single one. */
function tokenOf(headers: Headers): string | null {
  const values = (name: string) => [headers.get(name)].filter((value) => value !== null);
  const credential = credentialOf(values("authorization"), values("x-user-token"));
  return "token" in credential ? credential.token : null;
}
