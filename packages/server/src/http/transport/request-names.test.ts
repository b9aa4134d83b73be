import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { memorySenderPorts } from "../../answer/testing/memory-sender-ports.ts";
import {
  acmeAndGlobex,
  membership,
  memoryPorts,
  signedIn,
  VIA_ACME,
} from "../../domain/testing/memory-ports.ts";
import { claims } from "../../domain/testing/people.ts";
import { memoryServices } from "../../trpc/testing/memory-services.ts";
import { registerAuditStreamRoute } from "../rest/audit-stream-route.ts";
import { registerRestRoutes } from "../rest/routes.ts";
import { contextsFor } from "./contexts.ts";
import { errorAnswers } from "./error-answers.ts";
import { registerForwardAuthRoutes } from "./forward-auth-route.ts";
import { readJsonAsText } from "./json-body.ts";
import { namesOf, type RequestNames } from "./request-names.ts";
import { sendersFor } from "./senders.ts";
import { queryOf, registerTrpcRoute } from "./trpc-route.ts";

let app: FastifyInstance;
let names: RequestNames | undefined;

beforeAll(async () => {
  const ports = memoryPorts(acmeAndGlobex());
  ports.memberships.put(membership({ role: "owner" }));
  await signedIn(ports, VIA_ACME);
  const called = () => {};
  const errors = errorAnswers(called);
  const { verifier } = memorySenderPorts();
  const verify: typeof verifier.verify = (token, signal) =>
    String(token) === "jane"
      ? Promise.resolve(claims({ ...VIA_ACME, clientId: "console" }))
      : verifier.verify(token, signal);
  const services = memoryServices({ verifier: { ...verifier, verify } }, ports);
  const senderOf = sendersFor(services, 0);
  const contextOf = contextsFor(services, senderOf);
  app = Fastify({ routerOptions: { querystringParser: queryOf } });
  app.setErrorHandler((error, request, reply) => errors.answerError(error, request, reply));
  app.addHook("onResponse", async ({ raw, routeOptions }) => {
    names = namesOf(raw, routeOptions.config.procedure);
  });
  readJsonAsText(app);
  registerTrpcRoute(app, contextOf, { ...errors, called });
  registerRestRoutes(app, contextOf, called);
  registerAuditStreamRoute(app, contextOf, called);
  registerForwardAuthRoutes(app, { senderOf, ports: services, ...errors, called });
});
afterAll(() => app.close());

const at = (...ids: string[]) =>
  JSON.stringify(Object.fromEntries(ids.map((organizationId, index) => [index, { organizationId }])));
const input = (organizationId: unknown) => `input=${encodeURIComponent(JSON.stringify({ organizationId }))}`;
const MEMBER = "organizations/acme/members/11111111-1111-4111-8111-111111111111";

it.each<[request: string, procedure: string | null, organization: string | null]>([
  ["GET trpc/auth.validate", "auth.validate", null],
  [`GET trpc/auth.check?${input("acme")}`, "auth.check", "acme"],
  ['POST trpc/org.members.leave {"organizationId":"acme"}', "org.members.leave", "acme"],
  [
    `GET trpc/auth.check,org.me,auth.check?batch=1&input=${at("acme", "", "globex")}`,
    "auth.check,org.me,auth.check",
    "acme,globex",
  ],
  [`GET trpc/auth.check,auth.check?batch=1&input=${at("acme", "acme")}`, "auth.check,auth.check", "acme"],
  ["GET trpc/auth.nothing", null, null],
  ["GET trpc/auth.validate,auth.secret?batch=1", "auth.validate", null],
  [`GET trpc/${Array(11).fill("auth.validate").join(",")}?batch=1`, null, null],
  [`GET trpc/auth.check?${input('acme","level":"fatal')}`, "auth.check", null],
  [`GET trpc/auth.check?${input("x".repeat(65))}`, "auth.check", null],
  [`GET trpc/auth.check?${input(["acme"])}`, "auth.check", null],
  ["GET check?organizationId=acme", "auth.check", "acme"],
  ["GET check?organizationId=acme%0A", "auth.check", null],
  [`PUT ${MEMBER}/role {"role":"admin"}`, "org.members.setRole", "acme"],
  ["GET organizations/acme/audit.ndjson", "org.audit.list", "acme"],
  ["GET forward-auth?organizationId=acme", "forward-auth", "acme"],
  ["GET forward-auth", "forward-auth", null],
  ["GET nowhere", null, null],
])("%s names the procedure %s and the organization %s", async (request, procedure, organization) => {
  const [method, path, payload] = request.split(" ");
  const send = async (token: string) => {
    await app.inject({
      method: method as "GET",
      url: `/${path}`,
      headers: {
        "x-user-token": token,
        ...(payload !== undefined && { "content-type": "application/json" }),
      },
      ...(payload !== undefined && { payload }),
    });
    return names;
  };
  expect(await send("jane")).toMatchObject({ procedure, organization });
  // Without a valid token nothing of the input is read.
  expect(await send("forged")).toMatchObject({ procedure, organization: null });
});
