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
import type { Question, SignedIn } from "./test-router.ts";

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
   * An access token of the user, a new one each time, good for an hour. It says nothing to whoever looks inside,
   * and no server accepts it. @throws {TypeError} for an address that no user has
   */
  tokenFor(email: string): string;
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

const TOKEN_LIFETIME_MS = 3_600_000;
/** The server's tolerance. */
const CLOCK_TOLERANCE_MS = 30_000;

/**
 * MSW handlers that are platform-api for a test: a tRPC server of the same procedures, with people of its own.
 * @throws {TypeError} naming what is wrong with an organization or a user
 */
export function platformHandlers(options: PlatformHandlersOptions): PlatformHandlers {
  const { origin, pathname } = new URL(options.url);
  const endpoint = `${pathname.replace(/\/+$/, "")}/trpc`;
  const organizations = organizationsOf(options.organizations ?? []);
  const users = new Map<string, User>();
  const tokens = new Map<string, SignedIn>();
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
        const known = tokens.get(credential);
        if (known === undefined) throw new Refused("TOKEN_INVALID");
        if (Date.now() >= known.expiresAt + CLOCK_TOLERANCE_MS) throw new Refused("TOKEN_EXPIRED");
        return known;
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
    tokenFor(email) {
      const user = users.get(canonicalEmail(email) ?? "");
      if (user === undefined) throw new TypeError("platformHandlers: tokenFor an email that no user has");
      const token = `test-token-${crypto.randomUUID()}`;
      tokens.set(token, { user, expiresAt: Date.now() + TOKEN_LIFETIME_MS });
      return token;
    },
    expire(token) {
      for (const [each, { user }] of tokens) {
        if (token === undefined || token === each) tokens.set(each, { user, expiresAt: 0 });
      }
    },
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
