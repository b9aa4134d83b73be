import { ABSENT_STATUS, findByEmailCall } from "@platform-api/clj-client/contract";
import { parseEmail } from "@platform-api/server/domain";
import type { Findings, Problem } from "../../terminal/finding.ts";
import type { Directory } from "./directory.ts";
import type { Reply } from "./probe.ts";
import { asRecord, fieldNames, problemsOf, URL_VARIABLE } from "./reply-problems.ts";
import { wireLine } from "./wire-lines.ts";

/** A user as the client returns it. */
interface User {
  readonly id: string;
  readonly email: string;
}

/**
 * Looks a user up, in several spellings.
 * @param id the user's id from an earlier answer, or null
 * @returns whether the address in upper case finds the user too
 */
export async function checkUser(address: string, id: string | null, directory: Directory): Promise<boolean> {
  const { probe, findings } = directory;
  const call = findByEmailCall(address);
  const reply = await probe(call);
  if (reply.status === ABSENT_STATUS) {
    const path = `${wireLine.path(call.path)} (the path)`;
    const fix = id === null ? `${URL_VARIABLE}, ${path}, or an address that a user has` : path;
    findings.differ("user", {
      saw: `answers ${ABSENT_STATUS}: no user has ${address}`,
      expected: "the user",
      fix,
    });
    return false;
  }
  findings.differ("user", ...problemsOf(reply));
  if (reply.answer === null) return false;
  judgeUser("user", reply, address, findings);
  if (id !== null && reply.answer.id !== id) {
    findings.differ("user", {
      saw: "has another UUID than ensure returned",
      expected: "one UUID for each address",
      fix: "the directory",
    });
  }
  await checkPlus(address, reply.answer, directory);
  return checkUpperCase(address, reply.answer, directory);
}

/** What a record says beyond its schema. */
export function judgeUser(check: string, reply: Reply<User>, address: string, findings: Findings): void {
  if (reply.answer === null) return;
  if (parseEmail(reply.answer.email) !== address) {
    findings.differ(check, {
      saw: "is the record of another address",
      expected: `a user with ${address}`,
      fix: "the directory",
    });
    return;
  }
  const record = asRecord(reply.body) ?? {};
  findings.ok(check, `${reply.status} with ${fieldNames(record, reply.quote)}`);
  const { id } = record;
  if (typeof id === "string" && id !== reply.answer.id && id.toLowerCase() === reply.answer.id) {
    findings.note("UUID", "in upper case; platform-api stores it in lower case");
  }
}

async function checkUpperCase(address: string, user: User, { probe, findings }: Directory): Promise<boolean> {
  const reply = await probe(findByEmailCall(address.toUpperCase()));
  if (reply.status === ABSENT_STATUS) findings.differ("upper case", caseProblem("finds no user"));
  else if (reply.answer === null) findings.differ("upper case", ...problemsOf(reply));
  else if (reply.answer.id !== user.id) findings.differ("upper case", caseProblem("finds another user"));
  else findings.ok("upper case", "finds the same user");
  return reply.answer?.id === user.id;
}

/** The directory tells addresses apart by their case. */
export function caseProblem(saw: string): Problem {
  const expected = "the same user: one mailbox must not become two users";
  return { saw, expected, fix: "the directory: it must compare addresses without regard to case" };
}

/** Only the mail server knows whether a tag matters. A directory that drops it gives one user to two people. */
async function checkPlus(address: string, user: User, { probe, findings }: Directory): Promise<void> {
  const check = "plus address";
  const reply = await probe(findByEmailCall(address.replace("@", "+directory-check@")));
  if (reply.answer?.id === user.id) {
    const expected = "another user or none: platform-api tells the two addresses apart";
    findings.differ(check, {
      saw: "an address with +tag finds the same user",
      expected,
      fix: "the directory",
    });
  } else if (reply.answer !== null || reply.status === ABSENT_STATUS) {
    findings.ok(check, "an address with +tag is another one");
  } else findings.differ(check, ...problemsOf(reply));
}
