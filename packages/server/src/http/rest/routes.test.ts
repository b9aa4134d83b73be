import { initTRPC } from "@trpc/server";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryServices } from "../../trpc/testing/memory-services.ts";
import { openApiDocument } from "../docs/openapi/document.ts";
import { contextsFor } from "../transport/contexts.ts";
import { errorAnswers } from "../transport/error-answers.ts";
import { readJsonAsText } from "../transport/json-body.ts";
import { sendersFor } from "../transport/senders.ts";
import type { RestOperation } from "./operation.ts";
import { registerRestRoutes } from "./routes.ts";

const t = initTRPC.create();
const memberKey = z.object({ organizationId: z.string(), userId: z.string() });
const echo = <Input extends z.ZodObject>(input: Input) => t.procedure.input(input).output(z.looseObject({}));

/** Every procedure answers with the input that it got. */
const router = t.router({
  ping: t.procedure.output(z.object({})).query(() => ({})),
  members: t.router({
    get: echo(memberKey).query(({ input }) => input),
    rename: echo(memberKey.extend({ name: z.string() })).mutation(({ input }) => input),
    list: echo(z.object({ organizationId: z.string(), role: z.string().optional() })).query(
      ({ input }) => input,
    ),
    remove: echo(memberKey).mutation(({ input }) => input),
    add: t.procedure
      .use(() => {
        throw new Error("the token is refused");
      })
      .input(memberKey)
      .output(z.object({ id: z.string() }))
      .mutation(({ input }) => ({ id: input.userId })),
  }),
});

const MEMBER = "/organizations/{organizationId}/members/{userId}";
const IN_PATH = { organizationId: "acme", userId: "jane" };

function row(
  method: RestOperation["method"],
  path: string,
  procedure: string,
  input: RestOperation["input"],
): RestOperation {
  return {
    operationId: procedure,
    method,
    path,
    procedure,
    ...(input && { input }),
    tag: "Organizations",
    summary: procedure,
    description: procedure,
    isPublic: true,
    answer: { name: procedure.replace(".", "_"), description: procedure, examples: {} },
  };
}

const GET = row("get", MEMBER, "members.get", { path: IN_PATH });
const RENAME = row("patch", MEMBER, "members.rename", { path: IN_PATH, body: { name: "Jane" } });
const ADD = row("post", MEMBER, "members.add", { path: IN_PATH });
const OPERATIONS = [
  GET,
  RENAME,
  row("get", "/organizations/{organizationId}/members", "members.list", {
    path: { organizationId: "acme" },
    query: { role: "admin" },
  }),
  row("delete", MEMBER, "members.remove", { path: IN_PATH }),
  ADD,
];

let app: FastifyInstance;
afterEach(() => app.close());

function serve(operations: readonly RestOperation[]): FastifyInstance {
  const called = () => {};
  const { answerError } = errorAnswers(called);
  app = Fastify();
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  readJsonAsText(app);
  const services = memoryServices();
  registerRestRoutes(app, contextsFor(services, sendersFor(services, 0)), called, { router, operations });
  return app;
}

describe("path parameters", () => {
  const RENAMED = { organizationId: "acme", userId: "jane doe", name: "Jane" };
  it.each([
    ["GET", "acme/members/j%2Fd", undefined, { organizationId: "acme", userId: "j/d" }],
    ["GET", "acme/members?role=owner", undefined, { organizationId: "acme", role: "owner" }],
    ["GET", "acme/members", undefined, { organizationId: "acme" }],
    ["PATCH", "acme/members/jane%20doe", { name: "Jane" }, RENAMED],
    ["DELETE", "acme/members/jane", undefined, IN_PATH],
  ] as const)("%s %s with the body %j calls the procedure with %j", async (method, path, body, input) => {
    const url = `/organizations/${path}`;
    const answer = await serve(OPERATIONS).inject({ method, url, ...(body && { payload: body }) });
    expect({ status: answer.statusCode, body: answer.json() }).toEqual({ status: 200, body: input });
  });

  const GIVEN = "organizationId is given in the path";
  it.each([
    ["PATCH", "acme/members/jane", '{"name":"Jane","organizationId":"globex"}', GIVEN],
    ["PATCH", "acme/members/jane", '{"name":"Jane","organizationId":"acme"}', GIVEN],
    ["DELETE", "acme/members/jane", '{"userId":"joe"}', "userId is given in the path"],
    ["GET", "acme/members?organizationId=globex", "", GIVEN],
    ["PATCH", "acme/members/jane", '["Jane"]', "the body must be a JSON object"],
    ["PATCH", "acme/members/jane", "null", "the body must be a JSON object"],
    ["PATCH", "acme/members/jane", "{", "it is not JSON"],
  ] as const)("refuses %s %s with the body %s", async (method, path, payload, problem) => {
    const [url, headers] = [`/organizations/${path}`, { "content-type": "application/json" }];
    const answer = await serve(OPERATIONS).inject({ method, url, payload, headers });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({
      error: { reason: "INPUT_INVALID", message: expect.stringContaining(problem) },
    });
  });

  it("checks the token before it reads the input", async () => {
    const answer = await serve(OPERATIONS).inject({
      method: "POST",
      url: "/organizations/acme/members/jane",
      payload: { userId: "joe" },
    });
    expect(answer.json()).toMatchObject({ error: { reason: "INTERNAL" } });
  });

  it("describes a path parameter in the path and leaves it out of the body", () => {
    serve(OPERATIONS);
    const operation = z.object({ parameters: z.unknown().optional(), requestBody: z.unknown().optional() });
    const { paths } = z
      .object({ paths: z.record(z.string(), z.record(z.string(), operation)) })
      .parse(openApiDocument({ router, operations: OPERATIONS }));
    const schema = { type: "string" };
    const inPath = [
      { name: "organizationId", in: "path", required: true, schema, example: "acme" },
      { name: "userId", in: "path", required: true, schema, example: "jane" },
    ];
    expect(paths[MEMBER]?.get).toEqual({ parameters: inPath });
    expect(paths[MEMBER]?.patch).toEqual({
      parameters: inPath,
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: { type: "object", properties: { name: schema }, required: ["name"] },
            example: { name: "Jane" },
          },
        },
      },
    });
    expect(paths["/organizations/{organizationId}/members"]?.get?.parameters).toEqual([
      { name: "organizationId", in: "path", required: true, schema, example: "acme" },
      { name: "role", in: "query", required: false, schema, example: "admin" },
    ]);
  });
});

describe("a wrong row", () => {
  it.each<[problem: string, row: RestOperation]>([
    [
      'PATCH /organizations/{organizationId}/members/{userId}: "userId" is both in the path and in the body',
      { ...RENAME, input: { path: IN_PATH, body: { name: "Jane", userId: "joe" } } },
    ],
    [
      "GET /members/{userId}/{userId}: a path parameter is named twice",
      { ...GET, path: "/members/{userId}/{userId}" },
    ],
    [
      "GET /members/{userId}: `input.path` must have an example of each path parameter, and of nothing else",
      { ...GET, path: "/members/{userId}" },
    ],
    ["POST /ping: the procedure takes no input", row("post", "/ping", "ping", { body: { userId: "joe" } })],
    [
      'GET /a/{organizationId}/{user}: the procedure has no input field "user"',
      {
        ...GET,
        path: "/a/{organizationId}/{user}",
        input: { path: { organizationId: "acme", user: "jane" } },
      },
    ],
    [
      'GET /a/{organizationId}: `input` does not say where "userId" comes from',
      { ...GET, path: "/a/{organizationId}", input: { path: { organizationId: "acme" } } },
    ],
  ])("stops the start with the error %s", (problem, wrong) => {
    expect(() => serve([wrong])).toThrow(`REST operation ${problem}`);
  });
});
