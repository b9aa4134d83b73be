/** What a service could use instead: a server that verifies each request's token and answers with fixed bytes. */
import { once } from "node:events";
import { createServer } from "node:http";
import fastifyJwt from "@fastify/jwt";
import { initTRPC, TRPCError } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import express from "express";
import { auth } from "express-oauth2-jwt-bearer";
import Fastify from "fastify";
import { importSPKI, jwtVerify } from "jose";
import { z } from "zod";
import { AUDIENCE } from "../../simulator/issuer.ts";
import { ISSUER } from "../tokens.ts";

const start = z.object({
  peer: z.enum(["fastify-cached", "fastify", "trpc", "express"]),
  body: z.string(),
  publicKey: z.string(),
  jwksUri: z.string(),
});

type Start = z.infer<typeof start>;

const JSON_TYPE = "application/json";
const LOOPBACK = { host: "127.0.0.1", port: 0 };

/** How many tokens a cache keeps. */
const CACHED = 10_000;

async function startFastify({ body, publicKey, peer }: Start): Promise<string> {
  const app = Fastify();
  await app.register(fastifyJwt, {
    secret: { public: publicKey },
    verify: {
      algorithms: ["RS256"],
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      cache: peer === "fastify-cached" ? CACHED : false,
    },
  });
  app.get("/trpc/auth.validate", async (request, reply) => {
    await request.jwtVerify();
    return reply.type(JSON_TYPE).send(body);
  });
  return app.listen(LOOPBACK);
}

/** A procedure behind a map from the token to its claims, as a service might write it. */
async function startTrpc({ body, publicKey }: Start): Promise<string> {
  const key = await importSPKI(publicKey, "RS256");
  const verified = new Map<string, number>();
  const { result } = z.object({ result: z.object({ data: z.unknown() }) }).parse(JSON.parse(body));
  const t = initTRPC.context<{ authorization: string | undefined }>().create();
  const authenticated = t.procedure.use(async ({ ctx: { authorization = "" }, next }) => {
    const expiresAt = verified.get(authorization);
    if (expiresAt === undefined) {
      const token = authorization.slice("Bearer ".length);
      const { payload } = await jwtVerify(token, key, { issuer: ISSUER, audience: AUDIENCE });
      verified.set(authorization, payload.exp ?? 0);
    } else if (expiresAt < Date.now() / 1_000) {
      throw new TRPCError({ code: "UNAUTHORIZED" });
    }
    return next();
  });
  const router = t.router({ auth: t.router({ validate: authenticated.query(() => result.data) }) });
  const handler = createHTTPHandler({
    router,
    basePath: "/trpc/",
    createContext: ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return listen(createServer(handler));
}

async function startExpress({ body, jwksUri }: Start): Promise<string> {
  const app = express();
  app.use(auth({ issuer: ISSUER, audience: AUDIENCE, jwksUri, tokenSigningAlg: "RS256" }));
  app.get("/trpc/auth.validate", (_request, response) => {
    response.type(JSON_TYPE).send(body);
  });
  return listen(createServer(app));
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await once(server.listen(LOOPBACK), "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const STARTS = {
  "fastify-cached": startFastify,
  fastify: startFastify,
  trpc: startTrpc,
  express: startExpress,
};

process.on("message", async (message) => {
  const options = start.parse(message);
  process.send?.({ url: await STARTS[options.peer](options) });
});
