import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";

/** What happens to one request on its way to the store. */
export type Fault =
  | "pass"
  | "throttle"
  | "error-500"
  | "html-503"
  | "html-200"
  | "access-denied"
  | "transaction-conflict"
  | "transaction-throttled"
  | "transaction-in-progress"
  | "write-conflict"
  | "empty-200"
  | "hang"
  | "hang-in-body"
  | "drip"
  | "reset"
  | "reset-after-commit";

/** A proxy in front of the store. */
export interface FaultProxy {
  readonly endpoint: string;
  /** How many attempts of all requests have arrived since `set` was last called. */
  readonly attempts: number;
  /** The faults of each request: the first attempt gets the first fault, and so on. The last fault repeats. */
  set(...faults: readonly Fault[]): void;
  close(): void;
}

const REPLIES: Partial<Record<Fault, { status: number; body: string }>> = {
  throttle: { status: 400, body: '{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}' },
  "error-500": { status: 500, body: '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}' },
  "access-denied": { status: 400, body: '{"__type":"com.amazon.coral.service#AccessDeniedException"}' },
  "transaction-conflict": {
    status: 400,
    body: JSON.stringify({
      __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
      Message:
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, TransactionConflict]",
      CancellationReasons: [
        { Code: "None" },
        { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" },
      ],
    }),
  },
  "transaction-throttled": {
    status: 400,
    body: JSON.stringify({
      __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
      Message:
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ThrottlingError]",
      CancellationReasons: [
        { Code: "None" },
        { Code: "ThrottlingError", Message: "Throughput exceeds the current capacity" },
      ],
    }),
  },
  "transaction-in-progress": {
    status: 400,
    body: '{"__type":"com.amazonaws.dynamodb.v20120810#TransactionInProgressException"}',
  },
  "write-conflict": {
    status: 400,
    body: '{"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException"}',
  },
  "empty-200": { status: 200, body: "" },
  "html-503": { status: 503, body: "<html>upstream</html>" },
  "html-200": { status: 200, body: "<html>welcome</html>" },
};

export async function startFaultProxy(storeEndpoint: string): Promise<FaultProxy> {
  let faults: readonly Fault[] = ["pass"];
  let attempts = 0;
  const attemptsOf = new Map<unknown, number>();
  const server = createServer(async (incoming, outgoing) => {
    const request = incoming.headers["amz-sdk-invocation-id"];
    const earlier = attemptsOf.get(request) ?? 0;
    attemptsOf.set(request, earlier + 1);
    attempts += 1;
    const fault = faults[Math.min(earlier, faults.length - 1)] ?? "pass";
    await applyFault(fault, storeEndpoint, { incoming, outgoing });
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get attempts() {
      return attempts;
    },
    set(...next) {
      faults = next;
      attempts = 0;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Listens on a free port of the loopback interface. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function applyFault(
  fault: Fault,
  storeEndpoint: string,
  { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<void> {
  const sent = await buffer(incoming);
  if (fault === "hang") return;
  if (fault === "reset") {
    outgoing.destroy();
    return;
  }
  if (fault === "drip") {
    drip(outgoing.socket);
    return;
  }
  const reply = REPLIES[fault];
  if (reply !== undefined) {
    outgoing.writeHead(reply.status, { "content-type": "application/x-amz-json-1.0" }).end(reply.body);
    return;
  }
  const upstream = request(storeEndpoint, { method: "POST", headers: incoming.headers });
  upstream.end(sent);
  const answered = await new Promise<IncomingMessage>((resolve) => upstream.once("response", resolve));
  const body = await buffer(answered);
  if (fault === "reset-after-commit") {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(answered.statusCode ?? 502, answered.headers);
  if (fault === "hang-in-body") outgoing.write(body.subarray(0, 1));
  else outgoing.end(body);
}

/** A reply whose headers never end, though there is always one more byte. */
function drip(socket: Socket | null): void {
  socket?.write("HTTP/1.1 200 OK\r\nx-drip: ");
  const timer = setInterval(() => socket?.write("."), 20);
  socket?.on("error", () => {}).once("close", () => clearInterval(timer));
}
