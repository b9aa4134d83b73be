import type { Socket } from "node:net";
import { TRPCError } from "@trpc/server";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { causeOf, type Reason, Refusal, traceFields } from "../../domain/index.ts";
import { headersFor, messageOf, reasonOf, statusOf, toTRPCError, trpcErrorShape } from "../../trpc/index.ts";
import type { RequestEvents } from "./request-events.ts";
import { noteRefusal } from "./request-names.ts";
import { requestTrace } from "./senders.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The procedure behind a REST path. */
    readonly procedure?: string;
  }
}

export interface ErrorAnswers {
  /**
   * Answers an error with tRPC's body under `/trpc`, and with ours elsewhere.
   * @param status replaces the usual status of the error
   */
  answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, status?: number): void;
  /** Called once for every refusal, also by `answerError`. Logs and counts it, and returns its reason. */
  refusalSeen(
    error: TRPCError,
    request: FastifyRequest,
    call?: { readonly procedure: string | undefined },
  ): Reason;
}

export function errorAnswers(called: RequestEvents["called"]): ErrorAnswers {
  const refusalSeen: ErrorAnswers["refusalSeen"] = (error, { log, routeOptions, raw }, call) => {
    const reason = reasonOf(error);
    noteRefusal(raw, reason);
    const message = call === undefined ? "request refused" : "procedure refused";
    called(call?.procedure ?? routeOptions.config.procedure ?? null, reason);
    log[levelOf(reason)]({ ...traceFields(requestTrace(raw)), reason, ...call, err: logged(error) }, message);
    return reason;
  };
  return {
    refusalSeen,
    answerError(error, request, reply, status) {
      const trpcError = asTRPCError(error);
      const reason = refusalSeen(trpcError, request);
      const body = isUnderTrpc(request)
        ? { error: trpcErrorShape(trpcError) }
        : { error: { reason, message: messageOf(trpcError) } };
      void reply
        .code(status ?? statusFor(error, trpcError))
        .headers(headersFor([trpcError]))
        .send(body);
    },
  };
}

/** By the route, because a path may be spelled with escapes; by the path where it has no route. */
function isUnderTrpc({ url, routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === "/trpc/*" || url.startsWith("/trpc/");
}

const OUTAGES = new Set<Reason>([
  "KEYS_UNAVAILABLE",
  "DIRECTORY_UNAVAILABLE",
  "AUTH0_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "OVERLOADED",
]);

/** An outage needs an operator and an internal error needs a developer. Other refusals are routine. */
function levelOf(reason: Reason): "error" | "warn" | "info" {
  if (reason === "INTERNAL") return "error";
  return OUTAGES.has(reason) ? "warn" : "info";
}

/** The parts of an error that are safe to log. A library's message is not, because it may quote the input. */
function logged(error: TRPCError): { type: string; detail?: string; stack?: string; cause?: string } {
  const { cause } = error;
  if (cause instanceof Refusal) {
    const deeper = causeOf(cause);
    return { type: "Refusal", detail: cause.message, ...(deeper !== null && { cause: deeper }) };
  }
  const origin = cause ?? error;
  return reasonOf(error) === "INTERNAL"
    ? { type: origin.name, stack: stackWithoutMessage(origin) }
    : { type: origin.name };
}

/** How long a client has to read its refusal before a connection is closed whose request was not read to the end. */
const READ_ANSWER_MS = 1_000;

/**
 * Answers a request that Node could not parse. It is not logged, because none of its content is safe to log.
 * @returns the status; null if nobody reads an answer
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): number | null {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return null;
  }
  const [status, reason, message] = CLIENT_ERRORS[error.code ?? ""] ?? MALFORMED;
  const body = JSON.stringify({ error: { reason, message } });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncache-control: no-store\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // Node waits for the client to close its side, and no time-out of Node's ends that (T8G).
  setTimeout(() => socket.destroy(), READ_ANSWER_MS).unref();
  return Number.parseInt(status, 10);
}

export type ClientError = readonly [status: string, reason: Reason, message: string];
const MALFORMED: ClientError = ["400 Bad Request", "INPUT_INVALID", "Malformed HTTP request"];
const CLIENT_ERRORS: Readonly<Record<string, ClientError>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "TOO_LARGE", "The headers are too large"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "INPUT_INVALID", "The request took too long to arrive"],
};

/** Refusals on any path: Node sends them before it knows the path. */
export const EVERY_CLIENT_ERROR: readonly ClientError[] = [MALFORMED, ...Object.values(CLIENT_ERRORS)];

/** Any error as the one that is answered. */
export function asTRPCError(error: unknown): TRPCError {
  if (error instanceof TRPCError || error instanceof Refusal) return toTRPCError(error);
  const status = fastifyStatus(error);
  if (status === 413) return new TRPCError({ code: "PAYLOAD_TOO_LARGE", cause: error });
  if (status === 415) return new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE", cause: error });
  if (status >= 400 && status < 500) return new TRPCError({ code: "BAD_REQUEST", cause: error });
  return toTRPCError(error);
}

function statusFor(error: unknown, trpcError: TRPCError): number {
  return error instanceof TRPCError || error instanceof Refusal ? statusOf(trpcError) : fastifyStatus(error);
}

function fastifyStatus(error: unknown): number {
  const { statusCode } = error as Partial<FastifyError>;
  return statusCode ?? 500;
}

function stackWithoutMessage({ stack = "" }: Error): string {
  return stack.slice(Math.max(0, stack.indexOf("\n    at ")));
}
