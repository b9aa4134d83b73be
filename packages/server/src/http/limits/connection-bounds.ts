import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { begunOf } from "../transport/senders.ts";

export interface ConnectionBounds {
  /** How many requests of one connection are handled at the same time. Further requests wait. */
  readonly maxHandled: number;
  /** How many requests of one connection may wait. One more resets the connection. */
  readonly maxWaiting: number;
  /** A connection is reset when its client reads nothing of an answer for this long. */
  readonly stallMs: number;
  /** How many requests of all connections may lack a part of their body. One more resets the oldest's connection. */
  readonly maxArriving: number;
}

const BOUNDS: ConnectionBounds = { maxHandled: 10, maxWaiting: 500, stallMs: 10_000, maxArriving: 1_000 };
const CHECKS_PER_STALL = 10;

/** How many requests of all connections have no answer yet, and how many connections there are. */
export interface RequestCounts {
  all(): number;
  /** Those that have arrived completely. */
  inWork(): number;
  /** How many connections are open, idle ones included. */
  connections(): number;
}

interface Connection {
  readonly handled: Set<ServerResponse>;
  readonly waiting: (() => void)[];
  /** Bytes that the client, or the kernel on its behalf, had taken at the last check. */
  takenBytes: number;
  /** Checks in a row that found unread bytes and no progress. */
  stalledChecks: number;
}

/**
 * Limits how much memory connections can take. Node parses pipelined requests as fast as they arrive, queues their
 * answers, and waits forever for a client that does not read (T75). A request whose body does not come takes nothing
 * from others (T8G).
 */
export function boundConnections(app: FastifyInstance, bounds = BOUNDS): RequestCounts {
  let handledNow = 0;
  /** In the order of their headers. */
  const arriving = new Set<ServerResponse>();
  const connections = new Map<Socket, Connection>();
  // A request with a malformed path is answered before any hook runs, so its connection has to be known already.
  app.server.on("connection", (socket) => open(connections, socket));

  app.addHook("onRequest", ({ raw: request }, { raw: response }, done) => {
    const { socket } = request;
    if (socket.destroyed) return done(); // nobody waits for the answer, and no event will end it
    // HOST=localhost listens on two addresses, and only the first server is `app.server`.
    const connection = connections.get(socket) ?? open(connections, socket);
    const handle = () => {
      connection.handled.add(response);
      handledNow += 1;
      if (hasBody(request) && arriving.add(response).size > bounds.maxArriving) dropOldest(arriving);
      response.on("close", () => {
        arriving.delete(response);
        if (connection.handled.delete(response)) handledNow -= 1;
        const next = connection.waiting.shift();
        if (next === undefined || socket.destroyed) return;
        next();
        readLater(socket, connection);
      });
      done();
    };
    // A request that was begun elsewhere is the first of its connection: those that are handled wait for its answer.
    if (connection.handled.size < bounds.maxHandled || begunOf(request) !== null) return handle();
    readLater(socket, connection);
    if (connection.waiting.push(handle) > bounds.maxWaiting) socket.resetAndDestroy();
  });

  // Fastify has read the body where it reads one.
  app.addHook("preValidation", (_request, { raw: response }, done) => {
    arriving.delete(response);
    done();
  });

  const timer = setInterval(() => {
    for (const [socket, connection] of connections) {
      if (isStalled(socket, connection)) socket.resetAndDestroy();
    }
  }, bounds.stallMs / CHECKS_PER_STALL).unref();
  app.server.once("close", () => clearInterval(timer));
  return {
    all: () => handledNow,
    inWork: () => handledNow - arriving.size,
    connections: () => connections.size,
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** The oldest is the slowest: a client that means its request sends it within a moment. */
function dropOldest(arriving: ReadonlySet<ServerResponse>): void {
  const [oldest] = arriving;
  oldest?.req.socket.resetAndDestroy();
  oldest?.emit("close"); // else it would count until the socket has closed
}

/** Stops reading while requests wait. Node resumes reading after each request, so this runs after Node does. */
function readLater(socket: Socket, { waiting }: Connection): void {
  setImmediate(() => (waiting.length > 0 ? socket.pause() : socket.resume()));
}

function open(connections: Map<Socket, Connection>, socket: Socket): Connection {
  const connection: Connection = { handled: new Set(), waiting: [], takenBytes: 0, stalledChecks: 0 };
  connections.set(socket, connection);
  socket.once("close", () => {
    connections.delete(socket);
    connection.waiting.length = 0;
    // Before version 24 Node reports the loss only to the answer that it was writing, not to those queued behind it.
    setImmediate(() => {
      for (const response of connection.handled) response.emit("close");
    });
  });
  return connection;
}

/** Counts checks, not time: a process that was suspended must not blame its clients. */
function isStalled(socket: Socket, connection: Connection): boolean {
  const takenBytes = socket.bytesWritten - socket.writableLength;
  const progress = socket.writableLength === 0 || takenBytes !== connection.takenBytes;
  connection.takenBytes = takenBytes;
  connection.stalledChecks = progress ? 0 : connection.stalledChecks + 1;
  return connection.stalledChecks >= CHECKS_PER_STALL;
}
