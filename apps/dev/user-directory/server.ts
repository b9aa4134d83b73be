import { createHash, timingSafeEqual } from "node:crypto";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { z } from "zod";
import type { Database } from "./database.ts";
import { ensureUser, findUser, type UpsertedUser } from "./users.ts";

/** Postgres cannot store NUL, and lone surrogates would all become the same U+FFFD. */
const text = z
  .string()
  .min(1)
  .max(320)
  .refine((value) => value.isWellFormed() && !value.includes("\0"), "must be Unicode text without NUL");
const newUser = z.object({ email: text, name: text.optional() });
const userPath = z.object({ email: text });
const strictAddress = z.email();

/** A caller's error, which Fastify turns into the reply. */
function requestError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

/** Serves the directory's HTTP contract from a database. */
export function userDirectoryServer(database: Database, token: string): FastifyInstance {
  // Room for 320 percent-encoded characters. The default of 100 would answer 404 to longer addresses.
  const server = Fastify({ routerOptions: { maxParamLength: 3 * 320 } });

  server.get("/livez", () => ({ status: "ok" }));

  server.register(async (api) => {
    api.addHook("onRequest", async ({ headers }, reply) => {
      if (isAuthorized(headers.authorization, token)) return;
      reply.header("WWW-Authenticate", "Bearer");
      throw requestError(401, "Authorization: Bearer <service token> expected");
    });

    api.post("/api/v1/users/ensure", async ({ body }, reply) =>
      answer(reply, await ensureUser(database, { ...parse(newUser, body), isVerified: false })),
    );

    api.post("/api/v1/users/by-email", async ({ body }, reply) => {
      const request = parse(newUser, body);
      if (!strictAddress.safeParse(request.email).success) {
        throw requestError(422, "email: not an e-mail address");
      }
      return answer(reply, await ensureUser(database, { ...request, isVerified: true }));
    });

    api.get("/admin/user/:email", async ({ params }) => {
      const user = await findUser(database, parse(userPath, params).email);
      if (user === null) throw requestError(404, "no user has this e-mail address");
      return user;
    });
  });

  return server;
}

function answer(reply: FastifyReply, user: UpsertedUser): UpsertedUser {
  reply.code(user.created ? 201 : 200);
  return user;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  throw requestError(400, problems.join("; "));
}

/** Compares digests, which have equal length, so that the timing reveals nothing about the token. */
function isAuthorized(authorization: string | undefined, token: string): boolean {
  const presented = /^Bearer +(.+)$/i.exec(authorization ?? "")?.[1];
  return presented !== undefined && timingSafeEqual(sha256(presented), sha256(token));
}

function sha256(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}
