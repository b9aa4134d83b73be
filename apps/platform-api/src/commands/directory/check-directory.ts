import { randomUUID } from "node:crypto";
import { ABSENT_STATUS, findByEmailCall } from "@platform-api/clj-client/contract";
import { type Finding, Findings, type Problem } from "../../terminal/finding.ts";
import { checkEnsure } from "./check-ensure.ts";
import { isFound, pathState } from "./check-path.ts";
import { checkStranger } from "./check-stranger.ts";
import { checkUser } from "./check-user.ts";
import type { Directory } from "./directory.ts";
import { createProbe, type Reply } from "./probe.ts";
import { createQuote } from "./quote.ts";
import { problemsOf, URL_VARIABLE } from "./reply-problems.ts";
import { wireLine } from "./wire-lines.ts";

export interface DirectoryCheckOptions {
  readonly url: string;
  readonly token: string;
  /** The limits of `serve`. A single request of the check may take four times as long as a whole call there. */
  readonly attemptMs: number;
  readonly deadlineMs: number;
  /** The address of a user to look up, in canonical form; or null. */
  readonly read: string | null;
  /** The address of a user to ensure, in canonical form; or null, which writes nothing. */
  readonly write: string | null;
}

/** Compares a running directory with the contract in `wire.ts`. Writes nothing unless `write` names an address. */
export async function checkDirectory(options: DirectoryCheckOptions): Promise<readonly Finding[]> {
  const { url, token, attemptMs, deadlineMs, read, write } = options;
  const replies: Reply<unknown>[] = [];
  const patienceMs = 4 * deadlineMs;
  const quote = createQuote(token);
  const onReply = (reply: Reply<unknown>) => replies.push(reply);
  const directory: Directory = {
    url,
    probe: createProbe({ url, token, patienceMs, quote, onReply }),
    strangersProbe: createProbe({ url, token: `not-${randomUUID()}`, patienceMs, quote }),
    findings: new Findings(),
  };
  const { findings } = directory;
  const state = await checkAbsence(directory, read);
  if (state !== null) {
    await checkStranger("another token", findByEmailCall(unknownAddress()), directory);
    if (read !== null) await checkUser(read, null, directory);
    if (write !== null) await checkEnsure(write, directory);
    if (state === "unclear" && !replies.some(isFound)) {
      const saw =
        "cannot tell: a path that does not exist answers the same; --read with a user's address tells";
      findings.note("path", saw);
    }
    if (read === null && write === null) {
      findings.skipped("user", "not checked: --read <address> looks up a user that you know");
    }
    if (write === null) findings.skipped("ensure", "not checked: --write <address> creates a user");
    findings.skipped("by-email", "not checked: platform-api never calls it");
  }
  checkLatency(replies, attemptMs, findings);
  return findings.all;
}

/** An address that no user has: RFC 2606 reserves its domain. */
function unknownAddress(local = ""): string {
  return `directory-check${local}.${randomUUID()}@platform-api.invalid`;
}

/** @returns whether the path exists; null if it makes no sense to go on */
async function checkAbsence(directory: Directory, read: string | null): Promise<"exists" | "unclear" | null> {
  const { url, probe, findings } = directory;
  const reply = await probe(findByEmailCall(unknownAddress()));
  const { status, error, contentType, call } = reply;
  const { origin } = new URL(url);
  if (status === null || error?.failure === "transport" || (status >= 300 && status < 400)) {
    findings.differ("connection", ...problemsOf(reply));
    return null;
  }
  if (status < 300 && /^text\/html\b/i.test(contentType)) {
    const saw = `${origin} answers with text/html, so it is not the directory`;
    findings.differ("connection", { saw, expected: "application/json", fix: URL_VARIABLE });
    skipAll("it is not the directory", findings);
    return null;
  }
  findings.ok("connection", `${origin} answers`);
  const expected = `${ABSENT_STATUS}`;
  if (status === 401 || status === 403 || status === 429 || status >= 500) {
    const check = status < 429 ? "service token" : "unknown address";
    findings.differ(check, ...problemsOf(reply).map((problem) => ({ ...problem, expected })));
    return null;
  }
  const state = await pathState(reply, read, directory);
  if (state === "missing") {
    findings.differ("path", {
      saw: `answers ${status} with any token, and the same to a path that does not exist`,
      expected: "the path of the lookup",
      fix: `${URL_VARIABLE}, or ${wireLine.path(call.path)} (the path)`,
    });
    skipAll("the path seems to be missing", findings);
    return null;
  }
  findings.ok("service token", "accepted");
  if (status === ABSENT_STATUS) findings.ok("unknown address", expected);
  else findings.differ("unknown address", presenceProblem(reply));
  const slash = await probe(findByEmailCall(unknownAddress("/slash")));
  if (slash.status === status) findings.ok("encoded address", "a slash in an address (%2F) changes nothing");
  else
    findings.note(
      "encoded address",
      `answers ${slash.status ?? "nothing"} to an address with a slash (%2F): such users are not found`,
    );
  return state;
}

function skipAll(why: string, findings: Findings): void {
  for (const check of ["service token", "another token", "user", "ensure"]) {
    findings.skipped(check, `not checked: ${why}`);
  }
}

function presenceProblem({ status, answer, call }: Reply<unknown>): Problem {
  const expected = `${ABSENT_STATUS}`;
  if (answer !== null) {
    return {
      saw: `answers ${status} with a user, though no user has the address`,
      expected,
      fix: "the directory",
    };
  }
  const isSuccess = call.statuses.includes(status ?? 0);
  const line = isSuccess
    ? `${wireLine.foundUser()} (\`directoryUser\`)`
    : `${wireLine.absentStatus()} (\`ABSENT_STATUS\`)`;
  return { saw: `answers ${status} to an address that no user has`, expected, fix: line };
}

function checkLatency(replies: readonly Reply<unknown>[], attemptMs: number, findings: Findings): void {
  if (replies.length === 0) return;
  const slowestMs = Math.ceil(Math.max(...replies.map(({ durationMs }) => durationMs)));
  const saw = `the slowest of ${replies.length} replies took ${slowestMs} ms`;
  if (slowestMs <= attemptMs) {
    const record = 2 * slowestMs > attemptMs ? ("note" as const) : ("ok" as const);
    findings[record]("latency", `${saw}; an attempt ends after ${attemptMs} ms`);
    return;
  }
  const fix = "a faster directory, or higher DIRECTORY_ATTEMPT_MS and DIRECTORY_DEADLINE_MS";
  findings.differ("latency", { saw, expected: `at most ${attemptMs} ms (DIRECTORY_ATTEMPT_MS)`, fix });
}
