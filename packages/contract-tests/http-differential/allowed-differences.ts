import type { Answer } from "./answers.ts";
import { ANSWER_TO_LAST } from "./exchange.ts";

const JSON_TYPE = "content-type: application/json";
const CHUNKED = "Transfer-Encoding: chunked";

/**
 * The answer of the old way, rewritten as the new way may send it. Every difference that the new way may make is here,
 * and has a row in decision 21. Everything else is compared byte for byte.
 */
export function allowed(before: Answer, after: Answer | undefined): Answer {
  if (after === undefined) return before;
  const hasCors = before.headers.some((line) => line.startsWith("access-control-expose-headers:"));
  const isTrpcs = before.headers.includes("vary: origin");
  if (!isTrpcs) return before;
  const wanted = before.headers.flatMap((line) => {
    // The type is spelled as everywhere else.
    if (line === JSON_TYPE) return `${JSON_TYPE}; charset=utf-8`;
    // `Vary` is there only where the answer depends on it.
    if (line === "vary: origin") return hasCors ? "vary: Origin" : [];
    return line === CHUNKED ? [] : line;
  });
  // The length is known, so nothing is sent in chunks, nor until the connection ends.
  if (before.framing !== "length" && before.framing !== after.framing)
    wanted.push(`content-length: ${before.body.length}`);
  const isSame = wanted.toSorted().join("\n") === after.headers.toSorted().join("\n");
  // The order of headers is free (RFC 9110 §5.3).
  return { ...before, framing: "length", headers: isSame ? after.headers : wanted };
}

/** A request under /trpc that is refused before any procedure is named so. */
export function allowedLog(lines: readonly string[]): string[] {
  const [was, is] = ["procedure", "request"].map((what) =>
    JSON.stringify(["info", `${what} refused`, { reason: "INPUT_INVALID" }, { type: "TRPCError" }]),
  );
  return lines.map((line) => (line === was ? (is ?? line) : line)).sort();
}

interface Answered {
  readonly answers: readonly Answer[];
  readonly log: readonly string[];
}

/**
 * What the new way answered and logged, without remembered answers that were lost before when the connection ended
 * early, for example for bytes that are no request: a remembered answer is sent before the bytes behind it are read.
 */
export function withoutEarlier<After extends Answered>(after: After, before: Answered): After {
  if (before.answers.at(-1)?.body === ANSWER_TO_LAST) return after;
  const surplus = new Map<string, number>();
  for (const line of before.log) surplus.set(line, (surplus.get(line) ?? 0) - 1);
  const log = after.log.filter((line) => {
    const seen = (surplus.get(line) ?? 0) + 1;
    surplus.set(line, seen);
    return seen <= 0 || !REMEMBERED.test(line);
  });
  const [at, count] = [before.answers.length - 1, after.answers.length - before.answers.length];
  const earlier = after.answers.slice(at, at + Math.max(0, count));
  const isEarlier = earlier.every(({ status }) => status === "HTTP/1.1 200 OK");
  return { ...after, log, answers: isEarlier ? after.answers.toSpliced(at, earlier.length) : after.answers };
}

/** The log line of an answer that may have been remembered. */
const REMEMBERED = /^\["answered","GET","\/(trpc\/\*|validate|forward-auth)",200\]$/;
