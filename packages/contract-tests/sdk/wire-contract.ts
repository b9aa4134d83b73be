import { beforeAll, describe, expect, it } from "vitest";
import type { RunningPlatform, Trouble } from "./platforms.ts";

interface Sent {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const NOBODY = "7c18584b-d06e-4ad2-9ff1-6ef64128fed0";
const CHALLENGE = 'Bearer realm="platform-api"';
const INVALID = `${CHALLENGE}, error="invalid_token", error_description=`;

/** The same behavior on the wire: tRPC's shapes, statuses, request and response headers, limits. */
export function describeWire(running: () => RunningPlatform): void {
  describe("on the wire", () => {
    let token: string;
    let other: string;
    let admin: string;
    beforeAll(async () => {
      token = await running().tokenOf("boss");
      other = await running().tokenOf("newcomer");
      admin = await running().tokenOf("admin");
    });

    async function send(path: string, { url = running().url, ...init }: Sent = {}) {
      const response = await fetch(`${url}/trpc/${path}`, init);
      const { status, headers } = response;
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-type")).toMatch(/^application\/json/);
      const body: unknown = await response.json();
      const challenge = headers.get("www-authenticate");
      return { status, challenge, retryAfter: headers.get("retry-after"), body };
    }
    /** Sends the admin's token. */
    const ask = (method: string, path: string, body?: string) =>
      send(path, {
        method,
        headers: { "x-user-token": admin, "content-type": "application/json" },
        ...(body !== undefined && { body }),
      });
    const post = (path: string, body: string, type = "application/json") =>
      send(path, { method: "POST", headers: { "content-type": type }, body });

    describe("credentials", () => {
      it.each<[string, () => Record<string, string>]>([
        ["Authorization: Bearer", () => ({ authorization: `Bearer ${token}` })],
        ["X-User-Token", () => ({ "x-user-token": token })],
      ])("are accepted as %s", async (_, headers) => {
        const { status, challenge, retryAfter, body } = await send("auth.validate", { headers: headers() });
        expect([status, challenge, retryAfter]).toEqual([200, null, null]);
        expect(body).toEqual({ result: { data: expect.objectContaining({ organizationId: "acme" }) } });
      });

      const NO_SCHEME = ": the Authorization header has no scheme: send `Authorization: Bearer <token>`";
      it.each<[string, () => Record<string, string>, message?: string]>([
        ["no scheme", () => ({ authorization: token }), NO_SCHEME],
        ["two different tokens", () => ({ authorization: `Bearer ${token}`, "x-user-token": other })],
      ])("are a CREDENTIALS_CONFLICT with %s", async (_, headers, problem = "") => {
        expect(await send("auth.validate", { headers: headers() })).toEqual({
          status: 400,
          challenge: null,
          retryAfter: null,
          body: {
            error: {
              code: -32600,
              message: `Send exactly one Bearer token${problem}`,
              data: {
                code: "BAD_REQUEST",
                httpStatus: 400,
                reason: "CREDENTIALS_CONFLICT",
                path: "auth.validate",
              },
            },
          },
        });
      });

      it("are ignored by a public procedure", async () => {
        const headers = { "content-type": "application/json", authorization: "Basic eDp5" };
        const body = JSON.stringify({ email: "x@hooli.example" });
        const answer = await send("discover.byEmail", { method: "POST", headers, body });
        expect(answer).toMatchObject({ status: 200, body: { result: { data: { method: "password" } } } });
      });
    });

    describe("an error", () => {
      it.each<[string, string | undefined, string, string]>([
        [
          "TOKEN_MISSING",
          undefined,
          "Send the user's access token: Authorization: Bearer …, or X-User-Token",
          CHALLENGE,
        ],
        [
          "TOKEN_INVALID",
          "not-a-token",
          "The access token was not accepted; sign in again",
          `${INVALID}"The access token was not accepted; sign in again"`,
        ],
      ])("%s has exactly this message and challenge", async (reason, sent, message, challenge) => {
        const headers = sent === undefined ? {} : { "x-user-token": sent };
        const data = { code: "UNAUTHORIZED", httpStatus: 401, reason, path: "org.me" };
        expect(await send("org.me", { headers })).toEqual({
          status: 401,
          challenge,
          retryAfter: null,
          body: { error: { code: -32001, message, data } },
        });
      });

      const REST_OF_THE_MINUTE = expect.stringMatching(/^([1-9]|[1-5]\d|60)$/);
      it.each<[Trouble, number, string, string | null, string | null]>([
        [
          "TOKEN_EXPIRED",
          401,
          "UNAUTHORIZED",
          `${INVALID}"The access token has expired; refresh it or sign in again"`,
          null,
        ],
        [
          "TOKEN_REVOKED",
          401,
          "UNAUTHORIZED",
          `${INVALID}"The access token was revoked; sign in again"`,
          null,
        ],
        ["RATE_LIMITED", 429, "TOO_MANY_REQUESTS", null, REST_OF_THE_MINUTE],
        ["KEYS_UNAVAILABLE", 503, "SERVICE_UNAVAILABLE", null, "2"],
      ])("%s has its status and headers", async (reason, httpStatus, code, challenge, retryAfter) => {
        const met = await running().failingWith(reason);
        const answer = await send("auth.validate", { url: met.url, headers: { "x-user-token": met.token } });
        const data = { code, httpStatus, reason, path: "auth.validate" };
        const error = { code: expect.any(Number), message: expect.any(String), data };
        expect(answer).toEqual({ status: httpStatus, challenge, retryAfter, body: { error } });
      });
    });

    describe("a request", () => {
      const email = JSON.stringify({ email: "x@hooli.example" });
      const LONG = JSON.stringify({ email: "x".repeat(33_000) });
      const JSONL = { "trpc-accept": "application/jsonl" };
      const batch = `${Array(11).fill("auth.validate").join(",")}?batch=1&input={}`;
      it.each<[string, () => ReturnType<typeof send>, number, string]>([
        [
          "of a mutation with GET",
          () => send("discover.byEmail"),
          405,
          "queries are sent with GET, mutations with POST",
        ],
        ["that is not JSON", () => post("discover.byEmail", "{"), 400, "it is not JSON"],
        [
          "of text",
          () => post("discover.byEmail", email, "text/plain"),
          415,
          "send content-type: application/json",
        ],
        ["of 11 calls", () => send(batch), 400, "at most 10 calls in a batch"],
        [
          "for a stream",
          () => send("auth.validate?batch=1&input={}", { headers: JSONL }),
          400,
          "httpBatchStreamLink is not supported, use httpBatchLink or httpLink",
        ],
      ])("%s is not valid", async (_, request, status, problem) => {
        const data = { httpStatus: status, reason: "INPUT_INVALID" };
        const error = { message: `The request is not valid: ${problem}`, data };
        expect(await request()).toMatchObject({ status, body: { error } });
      });

      it.each<[string, () => ReturnType<typeof send>, number, string, string]>([
        ["for an unknown procedure", () => send("auth.validte"), 404, "NOT_FOUND", "Not found"],
        ["of 33 KiB", () => post("discover.byEmail", LONG), 413, "TOO_LARGE", "The request is too large"],
      ])("%s is refused", async (_, request, status, reason, message) => {
        const error = { message, data: { httpStatus: status, reason } };
        expect(await request()).toMatchObject({ status, body: { error } });
      });

      const inWayne = (input: object) => JSON.stringify({ organizationId: "wayne", ...input });
      it.each<[string, string, object, number]>([
        ["POST", "members.list", { query: "a" }, 200],
        ["GET", "members.list", { limit: 1 }, 200],
        // Addresses, and cursors that hold one, must not be in a URL.
        ["GET", "members.list", { query: "a" }, 400],
        ["GET", "members.list", { cursor: "a" }, 400],
        ["GET", "invitations.list", { cursor: "a" }, 400],
        ["POST", "invitations.list", {}, 200],
        ["GET", "audit.list", { limit: 1 }, 200],
        ["POST", "audit.list", {}, 405],
        ["POST", "members.lookup", { userIds: [NOBODY] }, 200],
        ["POST", "get", {}, 405],
        ["GET", "update", {}, 405],
      ])("is answered for an admin: %s org.%s with %j gets %i", async (method, name, input, status) => {
        const isGet = method === "GET";
        const query = isGet ? `?input=${encodeURIComponent(inWayne(input))}` : "";
        const answer = await ask(method, `org.${name}${query}`, isGet ? undefined : inWayne(input));
        expect(answer.status).toBe(status);
        if (status === 200) return;
        const message = expect.stringContaining(status === 400 ? "send the call as POST" : "");
        expect(answer.body).toMatchObject({ error: { message, data: { reason: "INPUT_INVALID" } } });
      });
    });
  });
}
