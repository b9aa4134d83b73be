import { once } from "node:events";
import { type IncomingMessage, request as send } from "node:http";

/** One HTTP request. */
export interface BenchRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a bare server repeats of an answer. */
export interface Answer {
  /** Names and values in turn, without those that Node sets itself. */
  readonly headers: readonly string[];
  readonly body: string;
}

export const ORIGIN = "https://app.example";

/** What Chrome sends with a cross-origin `fetch`. */
export const BROWSER_HEADERS = {
  "sec-ch-ua-platform": '"Windows"',
  "user-agent":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "sec-ch-ua": '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
  "content-type": "application/json",
  "sec-ch-ua-mobile": "?0",
  accept: "*/*",
  origin: ORIGIN,
  "sec-fetch-site": "cross-site",
  "sec-fetch-mode": "cors",
  "sec-fetch-dest": "empty",
  referer: `${ORIGIN}/`,
  "accept-encoding": "gzip, deflate, br, zstd",
  "accept-language": "en-US,en;q=0.9",
};

const SET_BY_NODE = new Set(["connection", "content-length", "date", "keep-alive", "transfer-encoding"]);

/** The request as it stands on the wire. */
export function bytesOf({ method, path, headers, body }: BenchRequest, url: string): string {
  const all = {
    host: new URL(url).host,
    ...headers,
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
}

/** Sends the request once. @throws when the answer is not 200 */
export async function answerTo({ method, path, headers, body }: BenchRequest, url: string): Promise<Answer> {
  const request = send(`${url}${path}`, { method, headers });
  request.end(body);
  const [response]: IncomingMessage[] = await once(request, "response");
  if (response === undefined) throw new Error("no response");
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}: ${text}`);
  const pairs = Object.entries(response.headersDistinct)
    .filter(([name]) => !SET_BY_NODE.has(name))
    .flatMap(([name, values = []]) => values.flatMap((value) => [name, value]));
  return { headers: [...pairs, "content-length", String(Buffer.byteLength(text))], body: text };
}
