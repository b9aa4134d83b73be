import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pass } from "../simulator/faults.ts";
import { describeOutages } from "./outage-suite.ts";
import { bearer, CREDENTIAL_NAMES, type CredentialName, newcomer, userOf } from "./people.ts";
import { valuesOf } from "./protected-service.ts";
import { send } from "./requests.ts";
import { SMUGGLING } from "./smuggling.ts";
import { describeTheWire } from "./wire-suite.ts";
import {
  expectAdmitted,
  expectRefused,
  INSTALLED,
  nameMissingProxies,
  newPath,
  reasonSeen,
  startWorld,
  type World,
} from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afterEach(() => {
  world.platform.fault = pass;
});

nameMissingProxies();

describe.each(INSTALLED)("%s", (name) => {
  it.each(CREDENTIAL_NAMES)(
    "lets through the identity of the token alone: %s",
    async (who: CredentialName) => {
      const { headers, outcome } = world.people[who];
      const cases = Object.entries(SMUGGLING).map(async ([what, { headers: smuggled = [], query = "" }]) => {
        const path = newPath();
        const seen = await send(world.portOf(name), {
          path: path + query,
          headers: [...headers, ...smuggled],
        });
        if ("userId" in outcome) {
          expectAdmitted(world, { path, seen, what }, outcome);
          expect(world.service.receivedAt(path)?.url).toBe(path + query);
          return;
        }
        const { status, reason } = outcome;
        expectRefused(world, { path, seen, what }, { status, reason: reasonSeen(name, reason) });
        const challenge = status === 401 ? expect.stringMatching(/^Bearer realm="platform-api"/) : undefined;
        expect(seen.headers["www-authenticate"], what).toEqual(challenge);
      });
      await Promise.all(cases);
    },
  );

  it("lets a user in at their very first request", async () => {
    const token = await newcomer(world.stack.issuer);
    const path = newPath();
    const seen = await send(world.portOf(name), { path, headers: bearer(token) });
    const userId = await userOf(world.stack, token);
    expectAdmitted(world, { path, seen }, { userId, organizationId: "acme", role: "member" });
  });

  it("refuses a removed member with the next request", async () => {
    const { stack, portOf } = world;
    const token = await newcomer(stack.issuer);
    const first = newPath();
    expect(await send(portOf(name), { path: first, headers: bearer(token) })).toMatchObject({ status: 200 });
    const { status } = await stack.cli("member", "remove", "acme", await userOf(stack, token));
    expect(status).toBe(0);
    const path = newPath();
    const seen = await send(portOf(name), { path, headers: bearer(token) });
    expectRefused(world, { path, seen }, { status: 403, reason: reasonSeen(name, "MEMBERSHIP_REMOVED") });
  });

  it.each<[CredentialName, refusal: string | null]>([
    ["an owner", null],
    ["a member", "ROLE_REQUIRED"],
    ["a member of another organization", "NOT_A_MEMBER"],
    ["a user without an organization", "NOT_A_MEMBER"],
  ])("requires a role, whatever the client asks for: %s", async (who, refusal) => {
    const { headers, outcome } = world.people[who];
    const cases = Object.entries(SMUGGLING).map(async ([what, smuggled]) => {
      const path = newPath();
      const sent = {
        path: path + (smuggled.query ?? ""),
        headers: [...headers, ...(smuggled.headers ?? [])],
      };
      const seen = await send(world.portOf(name, "for administrators of Acme"), sent);
      if (refusal === null && "userId" in outcome) expectAdmitted(world, { path, seen, what }, outcome);
      else {
        const reason = reasonSeen(name, refusal ?? "");
        expectRefused(world, { path, seen, what }, { status: 403, reason });
      }
    });
    await Promise.all(cases);
  });

  it.each([
    ["a length", []],
    ["chunks", ["Transfer-Encoding", "chunked"]],
  ])("passes a large body with %s on unchanged, or not at all", async (_, encoding) => {
    const body = Buffer.alloc(3_000_000, "0123456789abcdef\u00e9").toString();
    const { headers } = world.people["a member"];
    const type = ["Content-Type", "application/json; x", ...encoding];
    const [path, refused] = [newPath(), newPath()];
    const query = "?a=%2F..%2f&a=+%20";
    const sent = { method: "PATCH", body };
    const port = world.portOf(name);
    const seen = await send(port, { ...sent, path: path + query, headers: [...headers, ...type] });
    expect(seen).toMatchObject({ status: 200 }); // its message has the proxy's answer
    const received = world.service.receivedAt(path);
    expect(received).toMatchObject({ method: "PATCH", url: path + query });
    expect(received?.body === body).toBe(true); // the message of toBe would have both
    // Short, because a proxy may close the connection while its client still sends.
    const short = body.slice(0, 10_000);
    const without = await send(port, { method: "PATCH", body: short, path: refused, headers: type });
    expectRefused(world, { path: refused, seen: without }, { status: 401 });
  });

  it("tells platform-api the client's address and trace, and the id that the service gets", async () => {
    const asked: { url: string | undefined; headers: NodeJS.Dict<string | string[]>; bytes: number }[] = [];
    world.platform.fault = (exchange) => {
      const { url, headers } = exchange.request;
      asked.push({ url, headers, bytes: exchange.body.length });
      return pass(exchange);
    };
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const path = newPath();
    await send(world.portOf(name), {
      method: "POST",
      path,
      body: "a body",
      headers: [
        ...world.people["a member"].headers,
        "X-Forwarded-For",
        "192.0.2.1",
        "traceparent",
        traceparent,
        "Cookie",
        "a=b",
      ],
    });
    const received = world.service.receivedAt(path);
    const [id] = received === undefined ? [] : valuesOf(received, "x-request-id");
    expect(asked).toEqual([
      {
        url: expect.stringMatching(/^\/forward-auth\??$/),
        headers: expect.objectContaining({ traceparent, "x-request-id": id }),
        bytes: 0,
      },
    ]);
    expect(asked[0]?.headers["x-forwarded-for"]).toMatch(/(^|[ ,])127\.0\.0\.1$/);
    expect(asked[0]?.headers).not.toHaveProperty("x-user-id");
  });
});

it("platform-api answers proxies so that no cache keeps it, and always with all four headers", async () => {
  for (const path of ["/forward-auth", "/ext-authz/items?a=b", "/forward-auth?role=admin"]) {
    for (const who of CREDENTIAL_NAMES) {
      const { headers, outcome } = world.people[who];
      const seen = await send(Number(new URL(world.stack.url).port), { path, headers });
      expect(seen.headers["cache-control"], `${path}, ${who}`).toBe("no-store");
      const isWrong = path.includes("role");
      expect(seen.status, who).toBe(isWrong ? 400 : "userId" in outcome ? 200 : outcome.status);
      expect([
        seen.headers["x-user-id"],
        seen.headers["x-organization-id"],
        seen.headers["x-organization-role"],
        seen.headers["x-actor-client"],
      ]).toEqual(
        !isWrong && "userId" in outcome
          ? [outcome.userId, outcome.organizationId ?? "", outcome.role ?? "", outcome.actorClient ?? ""]
          : [undefined, undefined, undefined, undefined],
      );
    }
  }
});

describeTheWire(() => world);
describeOutages(() => world);
