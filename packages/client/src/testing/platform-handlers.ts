import type { Reason } from "@platform-api/server/router";
import { delay, type HttpHandler, HttpResponse, http } from "msw";
import { answer, preflight, proceduresOf } from "./answer.ts";
import { credentialOf } from "./credential.ts";
import { canonicalEmail } from "./email.ts";
import {
  forgetStanding,
  organizationsOf,
  type TestOrganization,
  type TestUser,
  type User,
  userOf,
} from "./people.ts";
import type { Procedure, ProcedureOutput } from "./procedures.ts";
import { Refused } from "./refused.ts";
import { type RefusalOptions, type Scope, Switches } from "./switches.ts";
import type { Question } from "./test-router.ts";
import { Tokens } from "./tokens.ts";

export interface PlatformHandlersOptions {
  /** The base address that the code under test gives to the SDK. */
  readonly url: string;
  readonly organizations?: readonly TestOrganization[];
  readonly users?: readonly TestUser[];
}

/** platform-api without a server: who may sign in, where they belong, and what goes wrong. */
export interface PlatformHandlers {
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
  change<P extends Procedure>(
    procedure: P,
    change: (usual: ProcedureOutput<P>) => ProcedureOutput<P>,
    scope?: Omit<Scope, "procedure">,
  ): void;
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
export function platformHandlers(options: PlatformHandlersOptions): PlatformHandlers {
  const { origin, pathname } = new URL(options.url);
  const endpoint = `${pathname.replace(/\/+$/, "")}/trpc`;
  const organizations = organizationsOf(options.organizations ?? []);
  const users = new Map<string, User>();
  const tokens = new Tokens();
  const switches = new Switches();
  const calls: string[] = [];

  function addUser(given: TestUser): void {
    const user = userOf(given, organizations);
    if (users.has(user.email)) throw new TypeError("platformHandlers: two users have one email");
    users.set(user.email, user);
  }
  for (const user of options.users ?? []) addUser(user);

  function questionOf(headers: Headers): Question {
    const credential = credentialOf(headers);
    const token = credential instanceof Refused ? null : credential;
    return {
      organizations,
      meet: (procedure) => switches.meet({ procedure, token }),
      changed: (procedure, usual) => switches.changed({ procedure, token }, usual),
      signedIn() {
        if (credential instanceof Refused) throw credential;
        return tokens.verify(credential);
      },
    };
  }

  return {
    handlers: [
      http.all(`${origin}${endpoint}/*`, async ({ request }) => {
        if (request.method === "OPTIONS") return preflight(request);
        calls.push(...proceduresOf(request, endpoint));
        if (switches.delayMs > 0) await delay(switches.delayMs);
        if (switches.isDown) return HttpResponse.error();
        return answer(request, endpoint, questionOf(request.headers));
      }),
    ],
    calls,
    addUser,
    tokenFor(who) {
      const user = users.get(canonicalEmail(typeof who === "string" ? who : who.email) ?? "");
      if (user === undefined) throw new TypeError("platformHandlers: tokenFor an email that no user has");
      return tokens.issue(user);
    },
    expire: (token) => tokens.expire(token),
    refuse: (reason, refusal = {}) => switches.refuse(reason, refusal),
    change: (procedure, change, scope = {}) => switches.change(procedure, change, scope),
    slowDown: (ms) => {
      switches.delayMs = ms;
    },
    goDown: () => {
      switches.isDown = true;
    },
    reset() {
      calls.length = 0;
      switches.reset();
      for (const user of users.values()) forgetStanding(user);
    },
  };
}
