import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf, retryAfterMs } from "@platform-api/client";

/** The pause of a client between its requests. Nine of them send almost a hundred a second. */
const PAUSE_MS = 80;

export interface Reply {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** One request of a client. @throws when the answer is not the expected one */
export interface Call {
  readonly name: string;
  /** A longer pause. */
  readonly pauseMs?: number;
  send(): Promise<void>;
}

/** Clients that send requests all the time. */
export interface Load {
  /** Answers that were as expected, by call. */
  readonly expected: ReadonlyMap<string, number>;
  /** What was answered otherwise, or not at all. */
  readonly problems: readonly string[];
  /** The number of all answers. */
  count(): number;
  /** Lets every request in progress end. */
  stop(): Promise<void>;
}

/** One client for each call. */
export function startLoad(calls: readonly Call[]): Load {
  const expected = new Map(calls.map(({ name }) => [name, 0]));
  const problems: string[] = [];
  let isStopped = false;
  const clients = calls.map(async ({ name, pauseMs = PAUSE_MS, send }) => {
    while (!isStopped) {
      await send().then(
        () => expected.set(name, (expected.get(name) ?? 0) + 1),
        (error: unknown) => problems.push(`${name}: ${describe(error)}`),
      );
      await sleep(pauseMs);
    }
  });
  return {
    expected,
    problems,
    count: () => [...expected.values()].reduce((sum, count) => sum + count, problems.length),
    stop: async () => {
      isStopped = true;
      await Promise.all(clients);
    },
  };
}

/** The reason of the server; without one the error. */
function describe(error: unknown): string {
  const reason = reasonOf(error);
  if (reason === null) return String(error);
  return `${reason}, Retry-After: ${(retryAfterMs(error) ?? 0) / 1_000}`;
}

interface Sent {
  readonly path: string;
  readonly token?: string;
  /** Sent by POST as JSON. */
  readonly body?: object;
}

const SLOW_STORE = "STORE_UNAVAILABLE";
const STORE_TRIES = 5;

/**
 * Repeats what was refused because the store was too slow, as the answer asks for. The embedded store shares two cores with
 * the tests, so this says nothing about an upgrade.
 */
export async function unlessStoreIsSlow<Answer>(
  attempt: () => Promise<Answer>,
  textOf: (answer: Answer) => string | Promise<string>,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await attempt();
    if (tries === STORE_TRIES || !(await textOf(answer)).includes(SLOW_STORE)) return answer;
    await sleep(PAUSE_MS);
  }
}

/** Sends a request over its own connection, or over one that an agent keeps. */
export function send(url: string, sent: Sent, agent?: Agent): Promise<Reply> {
  return unlessStoreIsSlow(
    () => sendOnce(url, sent, agent),
    ({ text }) => text,
  );
}

async function sendOnce(url: string, { path, token, body }: Sent, agent?: Agent): Promise<Reply> {
  const outgoing = request(url + path, {
    agent: agent ?? false,
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  try {
    const [response]: IncomingMessage[] = await once(outgoing, "response");
    let text = "";
    for await (const chunk of response?.setEncoding("utf8") ?? []) text += chunk;
    return { status: response?.statusCode, retryAfter: response?.headers["retry-after"], text };
  } catch (error) {
    // The server may close an idle connection at any time. Clients repeat such a request (RFC 9112, section 9.3.1).
    if (outgoing.reusedSocket && Object(error).code === "ECONNRESET")
      return sendOnce(url, {
        path,
        ...(token !== undefined && { token }),
        ...(body !== undefined && { body }),
      });
    throw error;
  }
}

/** A client whose connection stays open between its requests. */
export const keptConnection = () => new Agent({ keepAlive: true, maxSockets: 1 });

/** The JSON of an answer. @throws unless its status is 200 */
export function bodyOf({ status, retryAfter, text }: Reply): Record<string, unknown> {
  if (status === 200) return JSON.parse(text);
  const reason = /"reason":"([A-Z_]+)"/.exec(text)?.[1] ?? "no reason";
  throw new Error(`${status} ${reason}, Retry-After: ${retryAfter ?? 0}`);
}
