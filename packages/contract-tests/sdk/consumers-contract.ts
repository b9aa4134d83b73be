import {
  createRunsTable,
  type Running,
  readConfig,
  serveAgenticBackend,
} from "@platform-api/agentic-backend";
import { createPlatformClient } from "@platform-api/client";
import { createFreshToken } from "@platform-api/client/react";
import { type RunningDynamodb, startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Person } from "./personas.ts";
import type { RunningPlatform, Trouble } from "./platforms.ts";

/** The behavior that agentic-backend relies on, tested through its own API with a real backend. */
export function describeAgenticBackend(running: () => RunningPlatform): void {
  describe("for agentic-backend", () => {
    let dynamodb: RunningDynamodb;
    const backends = new Map<string, Promise<Running>>();
    beforeAll(async () => {
      dynamodb = await startEmbeddedDynamodb({ host: "127.0.0.1", port: 0 });
      await createRunsTable(configFor(running().url));
    });
    afterAll(async () => {
      await Promise.all([...backends.values()].map(async (backend) => (await backend).stop()));
      await dynamodb.close();
    });

    const configFor = (url: string) =>
      readConfig({
        PORT: "0",
        PLATFORM_URL: url,
        RUNS_TABLE: "runs",
        DYNAMODB_ENDPOINT: dynamodb.endpoint,
        AWS_REGION: "eu-central-1",
        LOG_LEVEL: "silent",
      });

    async function runs(
      token: string,
      { platform = running().url, headers = {}, ...init }: SentRequest = {},
    ) {
      const backend = backends.get(platform) ?? serveAgenticBackend(configFor(platform));
      backends.set(platform, backend);
      const response = await fetch(`${(await backend).url}/runs`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
      const body: unknown = await response.json();
      return { status: response.status, retryAfter: response.headers.get("retry-after"), body };
    }

    it("keeps the runs of a user in the organization of the token", async () => {
      const json = { "content-type": "application/json" };
      const sent = { method: "POST", headers: json, body: '{"title":"of the boss"}' };
      expect((await runs(await running().tokenOf("boss"), sent)).status).toBe(201);
      const answer = { status: 200, body: { runs: [{ title: "of the boss" }] } };
      expect(await runs(await running().tokenOf("boss"))).toMatchObject(answer);
    });

    it.each<[Person, string, number, object]>([
      ["contractor", "initech", 200, { runs: [] }],
      ["dismissed", "hooli", 403, { error: { reason: "NOT_A_MEMBER" } }],
    ])("answers %s in the named organization %s with %i", async (person, organizationId, status, body) => {
      const headers = { "x-organization-id": organizationId };
      expect(await runs(await running().tokenOf(person), { headers })).toMatchObject({ status, body });
    });

    it.each<[Trouble, number, string | null]>([
      ["TOKEN_EXPIRED", 401, null],
      ["RATE_LIMITED", 429, expect.stringMatching(/^([1-9]|[1-5]\d|60)$/)],
      ["STORE_UNAVAILABLE", 503, "2"],
    ])("forwards %s as %i with retry-after %s", async (reason, status, retryAfter) => {
      const { url: platform, token } = await running().failingWith(reason);
      const answer = await runs(token, { platform });
      expect(answer).toMatchObject({ status, retryAfter, body: { error: { reason } } });
    });
  });
}

/** The behavior that the frontend relies on beyond the procedures themselves. */
export function describeFrontend(running: () => RunningPlatform): void {
  describe("for the frontend", () => {
    it("continues a session with a new token after the old one has expired", async () => {
      const expired = await running().failingWith("TOKEN_EXPIRED");
      const fresh = createFreshToken({
        token: expired.token,
        refresh: () => running().tokenOf("boss"),
      });
      const platform = createPlatformClient({ url: expired.url, retries: 0 });
      const ask = (token: string | null) => platform.org.me.query(undefined, { context: { token } });
      const answers = await Promise.all([fresh.call(ask), fresh.call(ask)]);
      expect(answers).toMatchObject(Array(2).fill({ activeOrganizationId: "acme" }));
    });

    it("allows a browser of a configured origin to read the answers and their headers", async () => {
      const origin = "https://app.platform.example";
      const init = { headers: { origin, "x-user-token": "not-a-token", "x-request-id": "request-1" } };
      const { headers } = await fetch(`${running().url}/trpc/org.me`, init);
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-expose-headers")).toBe(
        "retry-after, www-authenticate, x-request-id",
      );
      expect(headers.get("x-request-id")).toBe("request-1");
    });
  });
}

interface SentRequest {
  readonly platform?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}
