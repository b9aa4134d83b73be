import { delay, HttpResponse, http, passthrough } from "msw";
import { setupServer } from "msw/node";

export const PLATFORM_URL = "http://platform.test";

/** Whom a token is for, and where they belong. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  /** The token's own. */
  readonly organizationId: string | null;
  readonly memberOf: readonly string[];
}

export interface Trouble {
  readonly procedure: "auth.validate" | "auth.check";
  readonly status: number;
  readonly reason: string;
  readonly retryAfter?: string;
}

/** platform-api as far as this backend asks it. Any other request, except to loopback, is an error. */
export function mockPlatform() {
  const people = new Map<string, Person>();
  const troubles = new Map<string, Trouble>();
  const asked: string[] = [];
  let delayMs = 0;

  const server = setupServer(
    http.all(/^http:\/\/127\.0\.0\.1:/, () => passthrough()),
    http.get(`${PLATFORM_URL}/trpc/:procedure`, async ({ request, params }) => {
      const token = request.headers.get("x-user-token") ?? "";
      asked.push(String(params.procedure));
      await delay(delayMs);
      const trouble = troubles.get(token);
      if (trouble !== undefined && trouble.procedure === params.procedure) return refused(trouble);
      const person = people.get(token);
      if (person === undefined || request.headers.has("authorization")) return refused(UNKNOWN_TOKEN);
      const { memberOf, ...identity } = person;
      if (params.procedure === "auth.validate")
        return ok({ ...identity, source: "auth0", expiresAt: EXPIRY });
      const input = JSON.parse(new URL(request.url).searchParams.get("input") ?? "{}");
      const allowed = memberOf.includes(input.organizationId);
      return ok({ allowed, role: allowed ? "member" : null });
    }),
  );

  return {
    server,
    /** The procedures asked for, in order; the test adds what else it sees. */
    asked,
    /** A token that nobody has used: what is remembered of others does not matter. */
    signIn(person: Partial<Person> = {}): string {
      const token = `secret-token-${people.size}`;
      people.set(token, { userId: crypto.randomUUID(), organizationId: "acme", ...JANE, ...person });
      return token;
    },
    failFor(token: string, trouble: Trouble): void {
      troubles.set(token, trouble);
    },
    slowDown(ms: number): void {
      delayMs = ms;
    },
  };
}

const EXPIRY = "2100-01-01T00:00:00.000Z";
const JANE = { email: "jane@acme.example", memberOf: ["acme", "umbrella"] };
const UNKNOWN_TOKEN: Trouble = { procedure: "auth.validate", status: 401, reason: "TOKEN_INVALID" };

const ok = (data: object) => HttpResponse.json({ result: { data } });

function refused({ status, reason, retryAfter }: Trouble) {
  const data = { code: "X", httpStatus: status, reason };
  const headers = { ...(retryAfter !== undefined && { "retry-after": retryAfter }) };
  return HttpResponse.json({ error: { code: -32_000, message: reason, data } }, { status, headers });
}
