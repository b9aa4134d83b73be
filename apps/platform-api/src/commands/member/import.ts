import { rmSync, writeFileSync } from "node:fs";
import {
  applyImport,
  type ImportProblem,
  ImportStopped,
  type PlannedMember,
  planImport,
  Refusal,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { composeRegisteredUsers } from "../../compose/upstreams.ts";
import { readDirectoryConfig } from "../../config/config.ts";
import { FileError, readJsonFile } from "../../files/json-file.ts";
import { nameOf, parseMembersFile } from "../../files/members-file.ts";
import { describeDirectoryOutage } from "../../terminal/domain-errors.ts";
import { progressBar } from "../../terminal/progress-bar.ts";
import { CommandFailure, print, printable, type Terminal } from "../../terminal/terminal.ts";
import { NO_DEADLINE, withStores } from "../store-command.ts";

/** Imports the memberships of an older system. Nothing is written unless the whole file is free of problems. */
export function addImportCommand(member: Command, terminal: Terminal): void {
  member
    .command("import")
    .argument("<file>", "JSON: { members: [{ organization, userId, email, role? }] }, or the list alone")
    .description("import memberships from an older system; without --apply it prints what it would do")
    .option("--apply", "write the memberships")
    .option("--json", "print JSON")
    .action(async (file: string, { apply = false, json }: { apply?: boolean; json?: true }) => {
      const { members: declared, problems } = parseMembersFile(readJsonFile(file, "members"));
      const registeredUsers = composeRegisteredUsers(readDirectoryConfig(terminal.env));
      const members = await withStores(
        terminal,
        async (stores, signal) => {
          const bar = progressBar(terminal);
          const ports = { ...stores, registeredUsers };
          const checked = (lines: number) => bar.report(lines, declared.length, "lines checked");
          const plan = await planImport(declared, ports, signal, checked)
            .finally(bar.end)
            .catch(directoryFailed);
          const all = [...problems, ...plan.problems.map(describeProblem)].sort((a, b) => a.index - b.index);
          if (all.length > 0) {
            const texts = all.map(({ problem }) => problem);
            throw new FileError("members", onScreen(texts, file));
          }
          if (!apply) return plan.planned;
          const fresh = plan.planned.filter(({ outcome }) => outcome === "new").length;
          const written = (lines: number) => bar.report(lines, fresh, "lines imported");
          return applyImport(plan.planned, stores, signal, written).finally(bar.end).catch(stoppedHalfWay);
        },
        NO_DEADLINE,
      );
      const lines = members.map((each) => toLine(each, apply)).join("");
      print({ applied: apply, members }, `${lines}${sum(members, apply)}`, json, terminal);
    });
}

/** More of them would scroll away what they begin with. */
const MOST_ON_SCREEN = 20;

/** The first problems. If there are more, they are all in a file beside the members file, which only this user can read. */
function onScreen(problems: readonly string[], file: string): readonly string[] {
  if (problems.length <= MOST_ON_SCREEN) return problems;
  const path = `${file}.problems.txt`;
  const more = `… and ${problems.length - MOST_ON_SCREEN} more`;
  return [...problems.slice(0, MOST_ON_SCREEN), `${more}: ${written(path, problems)}`];
}

function written(path: string, problems: readonly string[]): string {
  try {
    rmSync(path, { force: true }); // its mode would stay as it was
    writeFileSync(path, problems.map((problem) => `${printable(problem)}\n`).join(""), { mode: 0o600 });
    return `all are in ${path}`;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : String(error);
    return `they could not be written to ${path} (${code})`;
  }
}

function describeProblem(problem: ImportProblem): { index: number; problem: string } {
  const { member } = problem;
  return { index: member.index, problem: `${nameOf(member)}: ${describeCause(problem)}` };
}

function describeCause(problem: ImportProblem): string {
  const { userId, organizationId } = problem.member;
  switch (problem.kind) {
    case "unknown-organization":
      return "there is no such organization: declare it with `platform-api org apply`";
    case "unknown-address":
      return "the user directory has no user with this address: correct it, or leave the line out";
    case "other-user":
      return `the user directory has ${problem.registered} at this address, not ${userId}: correct one of the two`;
    case "invited-otherwise":
      return `is invited as ${problem.invitedAs}, and a membership makes the invitation void: import with that role, or withdraw it`;
    case "erased":
      return "was erased, and nobody becomes this user again: leave the line out";
    case "foreign":
      return `came through another organization's SSO: if it is the right person, run \`identity allow ${userId} ${organizationId}\` first`;
  }
}

function toLine(
  { organizationId, email, userId, role, storedRole, outcome }: PlannedMember,
  apply: boolean,
): string {
  const who = `${organizationId}: ${email} (${userId})`;
  switch (outcome) {
    case "new":
      return `${who} ${apply ? "is now" : "would become"} ${role}\n`;
    case "unchanged":
      return `${who} is ${role} already\n`;
    case "role-differs":
      return `${who} is ${storedRole} already, and stays so: ${role} in the file changes nothing\n`;
    case "erased":
      return `${who} was erased, and does not come back\n`;
    case "foreign":
      return `${who} has signed in through another organization's SSO since: run \`identity allow\` first\n`;
    case "removed":
      return `${who} was removed, and stays so: only \`member restore\` undoes this\n`;
  }
}

function sum(members: readonly PlannedMember[], apply: boolean): string {
  const count = (...outcomes: PlannedMember["outcome"][]) =>
    members.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const fresh = count("new");
  const foreign = count("foreign") === 0 ? "" : `, ${count("foreign")} of another organization`;
  const erased = count("erased") === 0 ? "" : `, ${count("erased")} erased`;
  const counts = `${count("unchanged", "role-differs")} there already, ${count("removed")} removed${foreign}${erased}.`;
  if (fresh === 0) return `${counts} Nothing to change.\n`;
  if (apply) return `${fresh} imported, ${counts}\n`;
  return `${fresh} to import, ${counts} Nothing was changed: repeat it with --apply.\n`;
}

function directoryFailed(error: unknown): never {
  const words = describeDirectoryOutage(error, ", so nothing was changed");
  throw words === null ? error : new CommandFailure(words, { cause: error });
}

function stoppedHalfWay(error: unknown): never {
  if (!(error instanceof ImportStopped)) throw error;
  const { imported: count, cause } = error;
  if (!(cause instanceof Refusal)) throw cause;
  const imported = `${count} ${count === 1 ? "line is" : "lines are"} imported`;
  const message = `stopped half-way (${cause.message}), ${imported}: run the same command again`;
  throw new CommandFailure(message, { cause });
}
