import Fastify, { type FastifyInstance } from "fastify";
import { beforeEach, describe, expect, it } from "vitest";
import { type Logout, Refusal } from "../../domain/index.ts";
import { type MemoryPorts, memoryPorts } from "../../domain/testing/memory-ports.ts";
import { acmeAlone } from "../../domain/testing/people.ts";
import { memoryServices } from "../../trpc/testing/memory-services.ts";
import { registerBackchannelLogoutRoute } from "./backchannel-logout-route.ts";
import { headersForAll } from "./cors.ts";
import { errorAnswers } from "./error-answers.ts";
import { readJsonAsText } from "./json-body.ts";
import { sendersFor } from "./senders.ts";

const SUBJECT = { tenant: "acme", subject: "waad|jane" };
const AT = 1_800_000_000;
const LOGOUT: Logout = { ...SUBJECT, sid: "s1", at: AT, maxTokenLifetimeSeconds: 86_400 };
const TOKENS: Readonly<Record<string, Logout>> = { session: LOGOUT, subject: { ...LOGOUT, sid: null } };
const FORM = "application/x-www-form-urlencoded";

let app: FastifyInstance;
let ports: MemoryPorts;
/** The address of each bad token, and the outcome of each call. */
let failed: string[];
let outcomes: string[];
let refusal: Refusal | null;

beforeEach(() => {
  ports = memoryPorts(acmeAlone());
  [failed, outcomes, refusal] = [[], [], null];
  const nobody = () => null;
  const failedTokens = (address: string) => (failed.push(address) > 2 ? 7 : null);
  const services = memoryServices(
    { rateLimits: { discover: nobody, failedTokens, mutations: nobody, reads: nobody, services: nobody } },
    ports,
  );
  const called = (procedure: string | null, reason: string) => outcomes.push(`${procedure} ${reason}`);
  const { answerError, refusalSeen } = errorAnswers(called);
  app = Fastify();
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  const setHeaders = headersForAll([]);
  app.addHook("onRequest", async (request, reply) => setHeaders(request, reply));
  readJsonAsText(app);
  registerBackchannelLogoutRoute(app, {
    senderOf: sendersFor(services, 1),
    ports: ports.administration,
    called,
    refusalSeen,
    async verifyLogout(token) {
      const logout = TOKENS[token];
      if (refusal !== null) throw refusal;
      if (logout === undefined) throw new Refusal("TOKEN_INVALID", "signature: does not hold");
      return logout;
    },
  });
});

async function send(body: string, type = FORM) {
  const headers = { "content-type": type, "x-forwarded-for": "192.0.2.1" };
  const answer = await app.inject({ method: "POST", url: "/backchannel-logout", headers, payload: body });
  const { statusCode: status, headers: sent } = answer;
  return { status, body: answer.body === "" ? null : answer.json(), headers: sent };
}

const bad = (description: string) => ({
  status: 400,
  body: { error: "invalid_request", error_description: expect.stringContaining(description) },
});

describe("POST /backchannel-logout", () => {
  it.each([
    ["a session", "session", { sidlessNotBefore: AT, logoutBefore: null }, [AT], "identity-session-ended"],
    ["all of a subject", "subject", { sidlessNotBefore: null, logoutBefore: AT }, [], "identity-signed-out"],
  ])("stores the end of %s, once", async (_what, token, facts, sessions, action) => {
    for (let time = 0; time < 2; time++) {
      const { status, body, headers } = await send(`logout_token=${token}&more=1`);
      expect({ status, body }).toEqual({ status: 200, body: null });
      expect(headers).toMatchObject({ "cache-control": "no-store", "content-length": "0" });
    }
    const { identities } = ports;
    expect(await identities.findFacts(SUBJECT)).toMatchObject(facts);
    const ended = await identities.listSessions(SUBJECT);
    expect(ended.map(({ at }) => at)).toEqual(sessions);
    expect(identities.entries).toMatchObject([{ action, ...SUBJECT, source: "logout", actor: "system" }]);
    expect({ outcomes, failed }).toEqual({ outcomes: Array(2).fill("backchannel-logout OK"), failed: [] });
  });

  it.each([
    ["a bad token", "logout_token=forged", FORM, "signature: does not hold"],
    ["no token", "", FORM, "logout_token: send it once"],
    ["two tokens", "logout_token=session&logout_token=session", FORM, "logout_token: send it once"],
    ["another type", "logout_token=session", "text/plain", "logout_token: send it once"],
    ["JSON", '{"logout_token":"session"}', "application/json", `in a body of type ${FORM}`],
  ])("refuses %s, says why, and stores nothing", async (_what, body, type, why) => {
    expect(await send(body, type)).toMatchObject(bad(why));
    expect(outcomes).toEqual(["backchannel-logout TOKEN_INVALID"]);
    expect(ports.identities.entries).toEqual([]);
  });

  it("reads at most 8 KiB", async () => {
    expect(await send(`logout_token=${"x".repeat(8_192 - 13)}`)).toMatchObject(bad("signature"));
    expect(await send(`logout_token=${"x".repeat(8_192 - 12)}`)).toMatchObject({ status: 413 });
  });

  it("T53: limits bad tokens by address, and no good one", async () => {
    const statuses = [];
    for (const token of ["forged", "forged", "session", "forged", "session"])
      statuses.push((await send(`logout_token=${token}`)).status);
    expect(statuses).toEqual([400, 400, 200, 429, 200]);
    expect(failed).toEqual(["192.0.2.1", "192.0.2.1", "192.0.2.1"]);
  });

  it.each(["KEYS_UNAVAILABLE", "STORE_UNAVAILABLE"] as const)(
    "answers 503 to %s, and does not count it as a bad token",
    async (reason) => {
      refusal = new Refusal(reason, "an outage");
      const { status, body, headers } = await send("logout_token=session");
      expect({ status, body }).toMatchObject({ status: 503, body: { error: { reason } } });
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      expect(failed).toEqual([]);
    },
  );
});
