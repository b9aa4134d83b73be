import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Exchange, Fault } from "./fault-proxy.ts";

const JSON_TYPE = "application/json";

/** No fault. The upstream answers. */
export const pass: Fault = async ({ forward, response }) => {
  const { status, headers, body } = await forward();
  response.writeHead(status, { ...headers, "content-length": body.length }).end(body);
};

export const hang: Fault = () => {};

export const reset: Fault = ({ response }) => {
  response.socket?.resetAndDestroy();
};

/** The upstream performs the request, but the connection is reset before its reply. */
export const resetAfterCommit: Fault = async (exchange) => {
  await exchange.forward();
  reset(exchange);
};

export function answer(status: number, body: unknown, contentType = JSON_TYPE): Fault {
  return ({ response }) => {
    response
      .writeHead(status, { "content-type": contentType })
      .end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

/** A correct reply after a delay. */
export function slow(ms: number): Fault {
  return (exchange) => heldUntil(sleep(ms))(exchange);
}

/** A correct reply after an event. */
export function heldUntil(event: Promise<unknown>): Fault {
  return async (exchange) => {
    await event;
    await pass(exchange);
  };
}

/** An endless reply of single spaces, which JSON permits. */
export const drip: Fault = ({ response }) => {
  response.writeHead(200, { "content-type": JSON_TYPE });
  const timer = setInterval(() => response.write(" "), 20);
  response.once("close", () => clearInterval(timer));
};

/** The correct reply after 50 MB of whitespace. */
const huge: Fault = async ({ forward, response }) => {
  const { status, headers, body } = await forward();
  const megabyte = Buffer.alloc(1_000_000, " ");
  response.writeHead(status, headers);
  // The client hangs up when it has read enough.
  await pipeline(Readable.from([...Array(50).fill(megabyte), body]), response).catch(() => {});
};

/** The correct reply to clients that follow redirects. */
const redirect: Fault = async (exchange) => {
  const { path, forward, response } = exchange;
  if (!path.startsWith("/moved")) {
    response.writeHead(307, { location: `/moved${path}` }).end();
    return;
  }
  await pass({ ...exchange, forward: () => forward(path.slice("/moved".length)) });
};

/** Half of the correct reply. */
const truncated: Fault = async ({ forward, response }) => {
  const { status, headers, body } = await forward();
  response.writeHead(status, { ...headers, "content-length": body.length });
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
};

/** Faults of any upstream. */
export const FAULTS = {
  500: answer(500, { error: "fault" }),
  503: answer(503, { error: "fault" }),
  429: answer(429, { error: "fault" }),
  hang,
  reset,
  "reset after commit": resetAfterCommit,
  "HTML 200": answer(200, "<!doctype html><title>Sign in</title>", "text/html"),
  empty: answer(200, ""),
  "50 MB": huge,
  "slow drip": drip,
  redirect,
  truncated,
} as const satisfies Record<string, Fault>;

/** The directory's reply with other values in some fields. */
function record(fields: Readonly<Record<string, unknown>>): Fault {
  return (exchange) => {
    const { email }: { email?: unknown } = JSON.parse(exchange.body.toString());
    const id = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";
    return answer(200, { id, email, email_verified: true, created: false, ...fields })(exchange);
  };
}

/** Faults of a directory. */
export const RECORD_FAULTS = {
  401: answer(401, { error: "fault" }),
  404: answer(404, { error: "fault" }),
  204: ({ response }) => response.writeHead(204).end(),
  array: answer(200, []),
  "not a UUID": record({ id: "waad|never-an-id" }),
  "nil UUID": record({ id: "00000000-0000-0000-0000-000000000000" }),
  "someone else's record": record({ email: "someone-else@forge.example" }),
} as const satisfies Record<string, Fault>;

const DYNAMODB_TYPE = "application/x-amz-json-1.0";
const THROTTLED = { __type: "com.amazonaws.dynamodb.v20120810#ThrottlingException" };

/** Faults of a store. Its 50 MB contain no reply, because whitespace before a correct reply would only delay it. */
export const STORE_FAULTS = {
  throttle: answer(400, THROTTLED, DYNAMODB_TYPE),
  empty: answer(200, "", DYNAMODB_TYPE),
  "50 MB": answer(200, " ".repeat(50_000_000), DYNAMODB_TYPE),
} as const satisfies Record<string, Fault>;

/** The fault for these requests only. */
export function only(requests: (exchange: Exchange) => boolean, fault: Fault): Fault {
  return (exchange) => (requests(exchange) ? fault : pass)(exchange);
}

/** The fault for the first request of each key only. */
export function firstOf(key: (exchange: Exchange) => unknown, fault: Fault): Fault {
  const seen = new Set<unknown>();
  const isFirst = (exchange: Exchange) => seen.size < seen.add(key(exchange)).size;
  return only(isFirst, fault);
}

/** Matches store requests with one of these operations. */
export function does(...operations: readonly string[]): (exchange: Exchange) => boolean {
  return (exchange) => operations.includes(operationOf(exchange));
}

const singleWrites = does("PutItem", "UpdateItem", "DeleteItem");
const transactions = does("TransactWriteItems");
export const writes = does("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems");

const ONGOING = "Transaction is ongoing for the item";
const OF_DYNAMODB = "com.amazonaws.dynamodb.v20120810#";
const CONFLICT = { __type: `${OF_DYNAMODB}TransactionConflictException`, message: ONGOING };
const CANCELLED = {
  __type: `${OF_DYNAMODB}TransactionCanceledException`,
  Message:
    "Transaction cancelled, please refer cancellation reasons for specific reasons [None, TransactionConflict]",
  CancellationReasons: [{ Code: "None" }, { Code: "TransactionConflict", Message: ONGOING }],
};

/** What writers get while another transaction changes one of their items, which the embedded store lets wait. */
export const conflict: Fault = (exchange) => {
  if (transactions(exchange)) return answer(400, CANCELLED, DYNAMODB_TYPE)(exchange);
  return only(singleWrites, answer(400, CONFLICT, DYNAMODB_TYPE))(exchange);
};

/** The operation of a store request. */
export const operationOf = ({ request }: Exchange): string =>
  String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
