import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { platformHandlers, type TestUser } from "@platform-api/client/testing";
import { getResponse, HttpResponse, http, passthrough } from "msw";
import { setupServer } from "msw/node";
import type { LoopbackServer } from "./store.ts";

export const PLATFORM_URL = "http://platform.test";
export const TOKEN_URL = "http://issuer.test/oauth/token";

const ORGANIZATIONS = ["acme", "umbrella", "globex"].map((id) => ({ id, name: id }));
const MEMBER = { organizationId: "acme", memberships: { acme: "member", umbrella: "member" } } as const;

/** One request about standings. */
export interface Asked {
  readonly at: number;
  readonly of: readonly { readonly userId: string; readonly organizationId: string }[];
}

/** platform-api as the SDK mocks it, and the token endpoint. Any other request, except to loopback, is an error. */
export function mockPlatform() {
  const platform = platformHandlers({ url: PLATFORM_URL, organizations: ORGANIZATIONS });
  const loopback = http.all(/^http:\/\/127\.0\.0\.1:/, () => passthrough());
  const standings: Asked[] = [];
  const ended = new Map<string, string>();
  const outage = { isOn: false };
  const handlers = [
    http.post(TOKEN_URL, () => HttpResponse.json({ access_token: "service-token", expires_in: 3_600 })),
    http.post<never, { of: Asked["of"] }>(`${PLATFORM_URL}/trpc/auth.standings`, async ({ request }) => {
      const { of } = await request.json();
      if (outage.isOn) return HttpResponse.error();
      standings.push({ at: performance.now(), of });
      const answers = of.map(({ userId }) =>
        ended.has(userId)
          ? { standing: "ended", reason: ended.get(userId) }
          : { standing: "active", role: "member" },
      );
      return HttpResponse.json({ result: { data: answers } });
    }),
    ...platform.handlers,
  ];
  let people = 0;
  return {
    ...platform,
    server: setupServer(loopback, ...handlers),
    /** The procedures that were called with a user's token, in order. A test adds other calls that it sees. */
    asked: platform.calls,
    /** What was asked and answered about standings. */
    standings,
    /** Why users stand no more, by their ids. */
    ended,
    /** Of the answers about standings alone. */
    outage,
    /** A token of a new user, so that the SDK's cache does not matter. */
    signIn(user: Omit<TestUser, "email"> = {}): string {
      people += 1;
      const email = `jane-${people}@acme.example`;
      platform.addUser({ email, ...MEMBER, ...user });
      return platform.tokenFor(email);
    },
    /** The same for other processes, by real HTTP. `/oauth/token` is the token endpoint. */
    async listen(): Promise<LoopbackServer> {
      const server = createServer(async (incoming, answer) => {
        const response = await getResponse(handlers, await requestOf(incoming));
        answer.writeHead(response?.status ?? 404, Object.fromEntries(response?.headers ?? []));
        answer.end(await response?.text());
      });
      await once(server.listen(0, "127.0.0.1"), "listening");
      return {
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        async close() {
          server.close();
          server.closeAllConnections();
        },
      };
    },
  };
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const { url = "/", method = "GET", headers } = incoming;
  const address = url === "/oauth/token" ? TOKEN_URL : `${PLATFORM_URL}${url}`;
  const body = await buffer(incoming);
  const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Request(address, { method, headers: sent, ...(body.length > 0 && { body }) });
}
