import { Agent, type IncomingMessage, request as open } from "node:http";
import type { Served } from "./served.ts";

/** A request as its caller writes it. */
export interface Request {
  readonly method?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Hangs up after this time. */
  readonly abortAfterMs?: number;
}

export interface Answer {
  /** The HTTP status; of a batch with mixed results, the status of each call; empty without an answer. */
  readonly statuses: readonly number[];
  readonly body: string;
  readonly aborted: boolean;
}

/** Much longer than an answer may take, so that a late answer is told from a missing one. */
const GIVE_UP_MS = 15_000;

/** Clients behind a balancer, which keep their connections open. */
export interface Clients {
  /** Sends to the ready process with the fewest requests in progress, or to a certain one. Never rejects. */
  send(request: Request, through?: Served): Promise<Answer>;
  /** The process that gets the next request. */
  next(): Served;
  /** Closes the kept connections. */
  close(): void;
}

/** @param processes all that run now */
export function createClients(processes: () => readonly Served[]): Clients {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  const inProgress = new WeakMap<Served, number>();
  const busy = (served: Served) => inProgress.get(served) ?? 0;
  let turn = 0;
  const next = () => {
    turn += 1;
    const ready = processes().filter(({ isReady }) => isReady);
    const from = ready.length > 0 ? ready : processes();
    const [first, ...others] = turn % 2 === 0 ? from : from.toReversed();
    if (first === undefined) throw new Error("no process runs");
    return others.reduce((least, served) => (busy(served) < busy(least) ? served : least), first);
  };
  const attemptNext = async (request: Request, served = next()) => {
    inProgress.set(served, busy(served) + 1);
    const answer = await attempt(agent, served.url, request);
    inProgress.set(served, busy(served) - 1);
    return answer;
  };
  return {
    next,
    async send(request, through) {
      // As a balancer does: a request that no process has seen is sent again.
      const first = await attemptNext(request, through);
      const answer = first === "unseen" ? await attemptNext(request) : first;
      return answer === "unseen" ? { statuses: [], body: "", aborted: false } : answer;
    },
    close: () => agent.destroy(),
  };
}

function attempt(agent: Agent, url: string, request: Request): Promise<Answer | "unseen"> {
  const { method = "GET", path, headers, body, abortAfterMs } = request;
  const { promise, resolve } = Promise.withResolvers<Answer | "unseen">();
  let aborted = false;
  const outgoing = open(`${url}${path}`, { agent, method, headers: { ...headers } }, async (incoming) => {
    const text = await textOf(incoming).catch(() => null);
    clearTimeout(timer);
    if (text === null) resolve({ statuses: [], body: "", aborted });
    else resolve({ statuses: statusesOf(incoming.statusCode ?? 0, text), body: text, aborted });
  });
  const timer = setTimeout(() => {
    aborted = abortAfterMs !== undefined;
    outgoing.destroy();
  }, abortAfterMs ?? GIVE_UP_MS);
  outgoing.on("error", (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    const closedWhileIdle = outgoing.reusedSocket && error.code === "ECONNRESET" && !aborted;
    if (error.code === "ECONNREFUSED" || closedWhileIdle) resolve("unseen");
    else resolve({ statuses: [], body: "", aborted });
  });
  outgoing.end(body);
  return promise;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
  return text;
}

function statusesOf(status: number, text: string): number[] {
  if (status !== 207) return [status];
  const failed = [...text.matchAll(/"httpStatus":(\d+)/g)].map(([, code]) => Number(code));
  return text.includes('{"result":') ? [200, ...failed] : failed;
}
