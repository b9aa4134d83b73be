import type { EnsuredUser } from "@platform-api/clj-client";
import { ABSENT_STATUS, ensureCall, findByEmailCall } from "@platform-api/clj-client/contract";
import type { Findings, Problem } from "../../terminal/finding.ts";
import { checkStranger } from "./check-stranger.ts";
import { caseProblem, checkUser, judgeUser } from "./check-user.ts";
import type { Directory } from "./directory.ts";
import type { Reply } from "./probe.ts";
import { problemsOf } from "./reply-problems.ts";
import { wireLine } from "./wire-lines.ts";

/** How many calls create the user at once, as the tabs of one browser may. */
const CONCURRENT = 4;

const ONE_UUID = "one UUID for each address";

/** Creates the user with this address unless it exists, and looks it up. Deletes nothing. */
export async function checkEnsure(address: string, directory: Directory): Promise<void> {
  const { probe, findings } = directory;
  const ids = await ensureAtOnce(address, directory);
  if (ids.size === 0) return;
  const call = ensureCall("ensure", { email: address });
  const again = await probe(call);
  findings.differ("ensure", ...problemsOf(again));
  judgeUser("ensure", again, address, findings);
  if (again.answer?.created) {
    findings.differ("created", createdProblem("is true for a user that exists", "false"));
  }
  const [id = ""] = again.answer === null ? ids : [again.answer.id];
  if (!ids.has(id)) {
    const saw = "returns another UUID than before";
    findings.differ("ensure", { saw, expected: ONE_UUID, fix: "the directory" });
  }
  await checkStranger("ensure, other token", call, directory);
  if (await checkUser(address, id, directory)) await ensureUpperCase(address, id, directory);
}

/** @returns the UUIDs of the answers */
async function ensureAtOnce(address: string, directory: Directory): Promise<ReadonlySet<string>> {
  const { probe, findings } = directory;
  const call = ensureCall("ensure", { email: address });
  const before = await probe(findByEmailCall(address));
  const replies = await Promise.all(Array.from({ length: CONCURRENT }, () => probe(call)));
  const answers = replies.flatMap(({ answer }) => answer ?? []);
  const ids = new Set(answers.map(({ id }) => id));
  const problems = replies.flatMap((reply) => problemsOf(reply));
  const failures = replies.length - answers.length;
  if (failures === replies.length) {
    findings.differ("ensure", ...problems);
    return ids;
  }
  for (const problem of problems) {
    const saw = `${failures} of ${CONCURRENT} calls at once fail: ${problem.saw}`;
    findings.differ("concurrent calls", { ...problem, saw, fix: "the directory" });
  }
  if (ids.size > 1) {
    const saw = `${CONCURRENT} calls at once return ${ids.size} UUIDs`;
    const fix = "the directory: a unique index on the address";
    findings.differ("concurrent calls", { saw, expected: ONE_UUID, fix });
    findings.skipped("created", "not checked: each UUID may be a new user");
    return ids;
  }
  if (failures === 0) findings.ok("concurrent calls", `${CONCURRENT} calls at once return one UUID`);
  if (before.status === ABSENT_STATUS) judgeCreation(replies, findings);
  else if (before.answer !== null) {
    findings.note("created", "the user existed before: a new address shows more");
  } else findings.skipped("created", "not checked: the lookup does not say whether the user existed before");
  return ids;
}

async function ensureUpperCase(address: string, id: string, { probe, findings }: Directory): Promise<void> {
  const check = "ensure, upper case";
  const reply = await probe(ensureCall("ensure", { email: address.toUpperCase() }));
  findings.differ(check, ...problemsOf(reply));
  if (reply.answer === null) return;
  if (reply.answer.id === id) findings.ok(check, "returns the same user");
  else findings.differ(check, caseProblem("returns another user"));
}

/** @param replies to the calls at once that created a user */
function judgeCreation(replies: readonly Reply<EnsuredUser>[], findings: Findings): void {
  const answers = replies.flatMap(({ answer }) => answer ?? []);
  const creators = answers.filter(({ created }) => created).length;
  if (creators === 1) findings.ok("created", "true once, for a new user");
  else {
    const saw = `is true in ${creators} of ${answers.length} answers about one new user`;
    findings.differ("created", createdProblem(saw, "in one"));
  }
  if (!replies.some(({ status }) => status === 201)) {
    findings.note("status", "200 for a new user too: platform-api reads `created` instead");
  }
  if (answers.some(({ emailVerified }) => emailVerified)) {
    const expected = "false: only the user's login can prove the address";
    findings.differ("email_verified", { saw: "is true for a new user", expected, fix: "the directory" });
  }
}

function createdProblem(saw: string, expected: string): Problem {
  return { saw, expected, fix: `${wireLine.field("created")} (\`created\`), or the directory` };
}
