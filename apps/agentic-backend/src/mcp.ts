import { createPlatformClient } from "@platform-api/client";
import { platformAuth, protectedResourceMetadata } from "@platform-api/client/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Config } from "./config.ts";
import { RUN_STATUSES } from "./run.ts";

/** The versions of the protocol that are spoken here, the newest one first. */
const VERSIONS = ["2025-06-18", "2025-03-26"] as const;

const callSchema = z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) });
const initializeSchema = z.object({ protocolVersion: z.string() });
const messageSchema = z.object({
  jsonrpc: z.literal("2.0"),
  /** Absent for a notification, which has no answer. */
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z.unknown().optional(),
});
type Message = z.output<typeof messageSchema>;

interface Tool {
  readonly description: string;
  readonly inputSchema: { readonly type: "object" } & Readonly<Record<string, unknown>>;
  /** The route of this backend that it stands for, which also judges the input. */
  readonly route: (
    input: Readonly<Record<string, unknown>>,
  ) => Pick<Call, "method" | "url"> & { readonly payload?: object };
}

interface Call {
  readonly method: "GET" | "POST";
  readonly url: string;
}

const text = (description: string) => ({ type: "string", description });
const RUN_ID = { type: "object", properties: { id: text("The run's id") }, required: ["id"] } as const;

const TOOLS: Readonly<Record<string, Tool>> = {
  start_run: {
    description: "Starts a run that works on a document. It waits for approval before it publishes.",
    inputSchema: {
      type: "object",
      properties: { title: text("1 to 200 characters"), document: text("1 to 20,000 characters") },
      required: ["title", "document"],
    },
    route: ({ title, document }) => ({ method: "POST", url: "/runs", payload: { title, document } }),
  },
  list_runs: {
    description: "The user's runs, the newest first.",
    inputSchema: { type: "object", properties: { status: { type: "string", enum: RUN_STATUSES } } },
    route: ({ status }) => ({
      method: "GET",
      url: `/runs${status === undefined ? "" : `?status=${encodeURIComponent(String(status))}`}`,
    }),
  },
  get_run: {
    description: "A run with the results of its steps.",
    inputSchema: RUN_ID,
    route: ({ id }) => ({ method: "GET", url: `/runs/${encodeURIComponent(String(id))}` }),
  },
};

/** A refusal of the protocol, by the number of JSON-RPC. */
class RpcError extends Error {
  readonly code: -32_600 | -32_601 | -32_602;

  constructor(code: RpcError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * `POST /mcp`: the routes of runs as tools of the Model Context Protocol, by Streamable HTTP without sessions or streams. Who
 * has no token learns where to sign in (RFC 9728).
 */
export async function registerMcp(
  api: FastifyInstance,
  config: Config,
  { resource, issuer }: { readonly resource: string; readonly issuer: string },
): Promise<void> {
  const scopes = ["openid", "offline_access"];
  const metadata = protectedResourceMetadata({ resource, authorizationServers: [issuer], scopes });
  api.get(metadata.path, async () => metadata.document);
  await api.register(async (guarded) => {
    const client = createPlatformClient({ url: config.PLATFORM_URL, timeoutMs: 3_000, retries: 1 });
    await guarded.register(platformAuth, { client, resourceMetadata: metadata.url });
    guarded.post("/mcp", async (request, reply) => {
      const { origin, "mcp-protocol-version": version = VERSIONS[0] } = request.headers;
      // A page of another site must not reach a server on the user's machine.
      if (origin !== undefined && !config.CORS_ORIGINS.includes(origin)) return reply.code(403).send();
      if (!isSpoken(version)) return reply.code(400).send(failure(null, -32_600, "no such protocol version"));
      const { data: message } = messageSchema.safeParse(request.body);
      if (message === undefined)
        return reply.code(400).send(failure(null, -32_600, "not a JSON-RPC message"));
      const { id } = message;
      if (id === undefined) return reply.code(202).send();
      try {
        return { jsonrpc: "2.0", id, result: await resultOf(message, request) };
      } catch (error) {
        if (error instanceof RpcError) return failure(id, error.code, error.message);
        throw error;
      }
    });
    // There is no stream to open and no session to end.
    guarded.route({
      method: ["GET", "DELETE"],
      url: "/mcp",
      exposeHeadRoute: false,
      handler: (_, reply) => reply.code(405).header("allow", "POST").send(),
    });
  });
}

async function resultOf({ method, params }: Message, request: FastifyRequest): Promise<object> {
  switch (method) {
    case "initialize": {
      const { protocolVersion: wanted } = paramsOf(initializeSchema, params);
      const protocolVersion = isSpoken(wanted) ? wanted : VERSIONS[0];
      const serverInfo = { name: "agentic-backend", version: "1" }; // of the tools
      return { protocolVersion, capabilities: { tools: {} }, serverInfo };
    }
    case "ping":
      return {};
    case "tools/list":
      return {
        tools: Object.entries(TOOLS).map(([name, { route: _, ...described }]) => ({ name, ...described })),
      };
    case "tools/call":
      return call(paramsOf(callSchema, params), request);
    default:
      throw new RpcError(-32_601, "no such method");
  }
}

/** Calls the route as the request's user. What it refuses is told to the model, which can do something about it. */
async function call(
  { name, arguments: input }: z.output<typeof callSchema>,
  { server, headers }: FastifyRequest,
): Promise<object> {
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (tool === undefined) throw new RpcError(-32_602, "no such tool");
  const { authorization, "x-organization-id": organization } = headers;
  const sent = { authorization, ...(organization !== undefined && { "x-organization-id": organization }) };
  const response = await server.inject({ ...tool.route(input), headers: sent });
  const isError = response.statusCode >= 400;
  const structured = isError ? {} : { structuredContent: response.json<unknown>() };
  return { content: [{ type: "text", text: response.body }], isError, ...structured };
}

function paramsOf<T>(schema: z.ZodType<T>, params: unknown): T {
  const { data, success } = schema.safeParse(params);
  if (!success) throw new RpcError(-32_602, "the parameters are not those of the method");
  return data;
}

function isSpoken(version: unknown): boolean {
  return VERSIONS.some((each) => each === version);
}

function failure(id: Message["id"] | null, code: RpcError["code"], message: string) {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
