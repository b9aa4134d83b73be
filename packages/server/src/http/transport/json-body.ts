import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { TRPCError } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isTooDeep } from "../../json-depth.ts";
import { inputProblem, TOO_DEEP } from "../../trpc/index.ts";

/**
 * JSON is the only body, except where a route reads a form. It stays text until a route parses it, and its depth is checked first. An empty body counts
 * as absent, whatever content type it claims (T7A).
 */
export function readJsonAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (_request, body, done) => {
    if (isTooDeep(body)) done(inputProblem(TOO_DEEP));
    else done(null, body);
  });
  // Fastify refuses a malformed content type before it looks for a parser, but accepts a missing one.
  app.addHook("onRequest", ({ raw: { headers } }, _reply, done) => {
    if (!READ_TYPE.test(headers["content-type"] ?? "")) delete headers["content-type"];
    done();
  });
  // With `optimizeEmptyRequests` the stream of a request without a body has ended before, and Fastify would wait for it.
  app.addHook("preParsing", ({ raw }, _reply, payload, done) => {
    done(null, raw.readableEnded && raw.method !== "GET" ? Readable.from([]) : payload);
  });
  app.addContentTypeParser("*", async ({ is404 }: FastifyRequest, payload: IncomingMessage) => {
    if (is404) return;
    // Destroying the body would destroy the connection, and the answer with it.
    for await (const _ of payload.iterator({ destroyOnReturn: false })) {
      throw new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE" });
    }
  });
}

const READ_TYPE = /^\s*application\/(?:json|x-www-form-urlencoded)\s*(?:;|$)/i;

/** Parses a JSON request body. An empty body is undefined. @throws {TRPCError} PARSE_ERROR */
export function parseJsonBody(body: unknown): unknown {
  if (typeof body !== "string" || body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new TRPCError({ code: "PARSE_ERROR", cause });
  }
}
