/** One answer, byte for byte. Text is latin1, so that each byte is one character. */
export interface Answer {
  readonly status: string;
  /** `Name: value` as sent, in order. The values of `Date` and `X-Request-Id` are masked. */
  readonly headers: readonly string[];
  readonly framing: "chunked" | "length" | "close" | "no body";
  /** Without the framing of chunks. */
  readonly body: string;
}

export interface Answers {
  readonly answers: readonly Answer[];
  /** Bytes behind the last complete answer. */
  readonly rest: string;
}

/**
 * Splits what a server sent into answers.
 * @param methods of the requests, in order: the answer to HEAD has no body
 * @param ended whether the server closed the connection, which ends an answer without a length
 */
export function parseAnswers(bytes: string, methods: readonly string[], ended: boolean): Answers {
  const answers: Answer[] = [];
  const waiting = [...methods];
  let rest = bytes;
  while (rest !== "") {
    const parsed = parseAnswer(rest, waiting[0], ended);
    if (parsed === null) break;
    answers.push(parsed.answer);
    if (!parsed.answer.status.startsWith("HTTP/1.1 1")) waiting.shift();
    rest = parsed.rest;
  }
  return { answers, rest };
}

function parseAnswer(bytes: string, method: string | undefined, ended: boolean): Parsed | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const [status = "", ...lines] = bytes.slice(0, headEnd).split("\r\n");
  const headers = lines.map((line) => line.replace(/^(date|x-request-id): .*/i, "$1: <masked>"));
  const behind = bytes.slice(headEnd + 4);
  const length = lines.find((line) => /^content-length:/i.test(line))?.split(":")[1];
  const isChunked = lines.some((line) => /^transfer-encoding: chunked$/i.test(line));
  // Node's own answer to bytes that are no request has a body, whatever was asked, and no date.
  const isToHead = method === "HEAD" && lines.some((line) => /^date:/i.test(line));
  if (isToHead || /^HTTP\/1\.1 (1\d\d|204|304) /.test(status)) {
    return { answer: { status, headers, framing: "no body", body: "" }, rest: behind };
  }
  if (isChunked) {
    const chunks = parseChunks(behind);
    return (
      chunks && { answer: { status, headers, framing: "chunked", body: chunks.body }, rest: chunks.rest }
    );
  }
  if (length !== undefined) {
    const size = Number(length);
    if (behind.length < size) return null;
    const answer = { status, headers, framing: "length", body: behind.slice(0, size) } as const;
    return { answer, rest: behind.slice(size) };
  }
  return ended ? { answer: { status, headers, framing: "close", body: behind }, rest: "" } : null;
}

interface Parsed {
  readonly answer: Answer;
  readonly rest: string;
}

function parseChunks(bytes: string): { readonly body: string; readonly rest: string } | null {
  let body = "";
  let rest = bytes;
  for (;;) {
    const lineEnd = rest.indexOf("\r\n");
    if (lineEnd === -1) return null;
    const size = Number.parseInt(rest.slice(0, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (rest.length < end) return null;
    body += rest.slice(lineEnd + 2, end - 2);
    rest = rest.slice(end);
    if (size === 0) return { body, rest };
  }
}
