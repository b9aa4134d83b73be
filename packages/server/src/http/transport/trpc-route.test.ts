import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import fc from "fast-check";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { memorySenderPorts } from "../../answer/testing/memory-sender-ports.ts";
import { claims } from "../../domain/testing/people.ts";
import { appRouter } from "../../trpc/index.ts";
import { memoryServices } from "../../trpc/testing/memory-services.ts";
import { contextsFor } from "./contexts.ts";
import { errorAnswers } from "./error-answers.ts";
import { readJsonAsText } from "./json-body.ts";
import { sendersFor } from "./senders.ts";
import { queryOf, registerTrpcRoute } from "./trpc-route.ts";

let app: FastifyInstance;
const called: unknown[] = [];

/** Answers under `/trpc`, and by tRPC's own adapter under `/adapter`. */
beforeAll(() => {
  const count = (...call: unknown[]) => void called.push(call);
  const errors = errorAnswers(count);
  const { verifier } = memorySenderPorts();
  const verify: typeof verifier.verify = (token, signal) =>
    String(token) === "jane" ? Promise.resolve(claims()) : verifier.verify(token, signal);
  const services = memoryServices({ verifier: { ...verifier, verify } });
  const contextOf = contextsFor(services, sendersFor(services, 0));
  app = Fastify({ routerOptions: { querystringParser: queryOf } });
  app.setErrorHandler((error, request, reply) => errors.answerError(error, request, reply));
  readJsonAsText(app);
  registerTrpcRoute(app, contextOf, { ...errors, called: count });
  app.route({
    method: ["GET", "POST"],
    url: "/adapter/*",
    async handler({ raw, url, method, body }, reply) {
      const headers = new Headers(raw.headers as Record<string, string>);
      const req = new Request(`http://x${url}`, {
        method,
        headers,
        body: typeof body === "string" ? body : null,
      });
      const createContext = () => contextOf(raw);
      const answer = await fetchRequestHandler({
        endpoint: "/adapter",
        router: appRouter,
        req,
        createContext,
      });
      const allow = answer.headers.get("allow");
      if (allow !== null) void reply.header("allow", allow);
      return reply.code(answer.status).send(await answer.text());
    },
  });
});
afterAll(() => app.close());

const EMAIL = '{"email":"jane@acme.example"}';
const CHECK = '{"organizationId":"acme"}';

it.each<[request: string, token?: string]>([
  ["GET auth.validate"],
  ["GET auth.validate", "wrong"],
  ["GET auth.validate", ""],
  ["POST auth.validate "],
  ["GET auth.validate?input"],
  ["GET auth.validate?input="],
  ["GET auth.validate?input=null"],
  ["GET auth.validate?input=%7B"],
  ["GET auth.nothing"],
  ["GET auth"],
  ["GET "],
  ["GET __proto__"],
  ["GET toString"],
  ["GET auth.validate,org.me"],
  ["GET auth.validate,org.me?batch=0"],
  ["GET auth.validate,org.me?batch=true"],
  ["GET auth.validate,org.me?batch=1"],
  ["GET auth.validate,org.me?batch=1&batch=0"],
  ["GET auth.validate,org.me?batch=0&batch=1"],
  ["GET auth.validate,org.me?batch=1&input="],
  ["GET auth.validate,,auth.nothing,?batch=1"],
  ["GET auth.validate?batch=1"],
  ["GET auth.check?batch=1"],
  ["GET auth.check?batch=1&input=[]"],
  [`GET auth.check?batch=1&input=[${CHECK}]`],
  ["GET auth.check?batch=1&input=null"],
  ["GET auth.check?batch=1&input=1"],
  ['GET auth.check?batch=1&input="x"'],
  ["GET auth.check?batch=1&input={"],
  ["GET auth.check?batch=1&input={", "wrong"],
  [`GET auth.check?input=${CHECK}`],
  ["GET auth.check?input={", "wrong"],
  ['GET auth.check?input={"organizationId":7}'],
  [`GET auth.check,auth.check?batch=1&input={"1":${CHECK}}`],
  ["GET discover.byEmail"],
  ["POST auth.validate,org.me?batch=1 "],
  ["POST discover.byEmail"],
  [`POST auth.check?input=${CHECK} ${CHECK}`],
  [`POST discover.byEmail ${EMAIL}`],
  [`POST discover.byEmail?input=${EMAIL} `],
  ['POST discover.byEmail {"email":7}'],
  ["POST discover.byEmail {"],
  ["POST discover.byEmail "],
  [`POST discover.byEmail?batch=1 {"0":${EMAIL}}`],
  ["POST discover.byEmail?batch=1 null"],
  [`POST discover.byEmail,auth.nothing?batch=1 {"0":${EMAIL}}`],
  [`POST discover.byEmail,auth.validate?batch=1 {"0":${EMAIL}}`],
  ["GET auth.validate,discover.byEmail?batch=1"],
  ["GET auth.nothing,discover.byEmail?batch=1"],
])("answers as tRPC's own adapter does: %s", async (request, token = "jane") => {
  const [method, path, payload] = request.split(" ");
  const [answer, expected] = await Promise.all(
    ["trpc", "adapter"].map(async (route) => {
      const response = await app.inject({
        method: method === "GET" ? "GET" : "POST",
        url: `/${route}/${path}`,
        headers: {
          ...(payload !== undefined && { "content-type": "application/json" }),
          ...(token !== "" && { "x-user-token": token }),
        },
        ...(payload !== undefined && { payload }),
      });
      return { status: response.statusCode, allow: response.headers.allow, body: response.json() };
    }),
  );
  expect(answer).toEqual(expected);
});

it.each(["accept", "trpc-accept"])("refuses a stream that %s asks for", async (name) => {
  const headers = { [name]: "application/jsonl" };
  const answer = await app.inject({ url: "/trpc/auth.validate?batch=1", headers });
  expect(answer.statusCode).toBe(400);
});

it("counts each call of a batch, without the name of a procedure that is unknown", async () => {
  called.length = 0;
  await app.inject({ url: "/trpc/auth.validate,auth.nothing?batch=1", headers: { "x-user-token": "jane" } });
  expect(called).toEqual([
    [null, "NOT_FOUND"],
    ["auth.validate", "OK"],
  ]);
});

const piece = fc.oneof(
  fc.constantFrom(
    "?input=",
    "input",
    "batch",
    "=",
    "&",
    "+",
    "?",
    "#",
    "%",
    "%2",
    "%7B%22",
    "%C3%A9",
    "%ff",
    "%EF%BB%BF",
    "1",
  ),
  fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
);

it("reads a query as URLSearchParams does", () => {
  const query = fc.array(piece).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(query, (text) => {
      const read = queryOf(text);
      const expected = new URLSearchParams(text);
      for (const name of ["input", "batch"]) {
        expect([read[name] ?? []].flat()).toEqual(expected.getAll(name));
      }
    }),
    { numRuns: 2_000 },
  );
});

it("reads no query as an empty one", () => {
  expect(queryOf("")).toEqual({});
});
