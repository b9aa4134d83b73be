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
      const { status, ...response } = await fetchJson(`${(await backend).url}/runs`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
      return { status, ...response };
    }

    it.each<[Person, string | null]>([
      ["boss", null],
      ["newcomer", null],
      ["named", null],
      ["contractor", "initech"],
    ])("lets %s into %s", async (person, organizationId) => {
      const headers = organizationId === null ? {} : { "x-organization-id": organizationId };
      const token = await running().tokenOf(person);
      const title = `of ${person}`;
      const body = JSON.stringify({ title });
      const json = { ...headers, "content-type": "application/json" };
      expect((await runs(token, { method: "POST", headers: json, body })).status).toBe(201);
      const again = await running().tokenOf(person);
      expect(await runs(again, { headers })).toMatchObject({ status: 200, body: { runs: [{ title }] } });
    });

    it.each<[Person, string | null, number, string]>([
      ["boss", "hooli", 403, "NOT_A_MEMBER"],
      ["dismissed", "hooli", 403, "NOT_A_MEMBER"],
      ["latecomer", "initech", 403, "NOT_A_MEMBER"],
      ["stranger", null, 400, "INPUT_INVALID"],
      ["removed", null, 403, "MEMBERSHIP_REMOVED"],
      ["insister", null, 403, "SSO_REQUIRED"],
    ])("does not let %s into %s", async (person, organizationId, status, reason) => {
      const headers = organizationId === null ? {} : { "x-organization-id": organizationId };
      const answer = await runs(await running().tokenOf(person), { headers });
      expect(answer).toMatchObject({ status, body: { error: { reason } } });
    });

    it.each<[Trouble, number, string | null]>([
      ["TOKEN_EXPIRED", 401, null],
      ["IDENTITY_BLOCKED", 403, null],
      ["RATE_LIMITED", 429, expect.stringMatching(/^([1-9]|[1-5]\d|60)$/)],
      ["DIRECTORY_UNAVAILABLE", 502, "2"],
      ["KEYS_UNAVAILABLE", 503, "2"],
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

async function fetchJson(url: string, init: RequestInit) {
  const response = await fetch(url, init);
  const body: unknown = await response.json();
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body };
}
