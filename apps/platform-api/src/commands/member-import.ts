import { CljClientError } from "@platform-api/clj-client";
import { dynamoMemberships, dynamoOrganizations, dynamoSpeakers } from "@platform-api/server/adapters";
import { type Membership, Refusal } from "@platform-api/server/domain";
import { composeDirectory } from "../compose.ts";
import { readDirectoryConfig } from "../config.ts";
import { MembersFileError, parseMembersFile } from "../files/members-file.ts";
import { readText } from "../files/read-text.ts";
import { applyImport, type PlannedMember, planImport } from "../import-members.ts";
import { type Deed, recordDeeds } from "./operator-audit.ts";
import { withTable } from "./store-command.ts";
import { CommandFailure, printable, type Terminal } from "./terminal.ts";

/** A file may hold thousands of people, and each is looked up. */
const IMPORT_DEADLINE_MS = 30 * 60_000;

/**
 * Imports the memberships of an older system; without `apply` it only says what it would do.
 * @throws {MembersFileError} with every problem of the whole file; nothing is written then
 */
export async function importMembers(
  file: string,
  { apply, json }: { apply: boolean; json: boolean },
  terminal: Terminal,
): Promise<void> {
  const { members, problems } = parseMembersFile(readText(file));
  const directory = composeDirectory(readDirectoryConfig(terminal.env));
  const result = await withTable(
    terminal.env,
    async (table, signal) => {
      const memberships = dynamoMemberships(table);
      const organizations = dynamoOrganizations(table);
      const ports = { directory, memberships, organizations, speakers: dynamoSpeakers(table) };
      const plan = await planImport(members, ports, signal).catch(directoryFailed);
      const all = [...problems, ...plan.problems].sort((a, b) => a.index - b.index);
      if (all.length > 0) throw new MembersFileError(all.map(({ problem }) => printable(problem)));
      if (!apply) return plan.planned;
      let count = 0;
      const report = async (created: readonly Membership[]) => {
        count += created.length;
        const deeds = created.map(({ organizationId, userId, createdAt: at }): Deed => {
          return { at, action: "membership-created", organizationId, userId, rule: "import" };
        });
        await recordDeeds(deeds, { table, terminal, told: `${imported(count)}.` }, signal);
      };
      return applyImport(plan.planned, { ...ports, report, now: () => new Date() }, signal).catch(
        (error: unknown) => stoppedHalfWay(error, count),
      );
    },
    IMPORT_DEADLINE_MS,
  );
  terminal.out(
    json ? toJson(result, apply) : `${result.map((one) => toLine(one, apply)).join("")}${sum(result, apply)}`,
  );
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
    case "foreign":
      return `${who} came through another organization's SSO meanwhile: \`identity allow\` first\n`;
    case "removed":
      return `${who} was removed, and stays so: \`member restore\` alone brings back\n`;
  }
}

function sum(members: readonly PlannedMember[], apply: boolean): string {
  const count = (...outcomes: PlannedMember["outcome"][]) =>
    members.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const fresh = count("new");
  const foreign = count("foreign") === 0 ? "" : `, ${count("foreign")} another organization's`;
  const counts = `${count("unchanged", "role-differs")} there already, ${count("removed")} removed${foreign}.`;
  if (fresh === 0) return `${counts} Nothing to change.\n`;
  if (apply) return `${fresh} imported, ${counts}\n`;
  return `${fresh} to import, ${counts} Nothing was changed: repeat it with --apply.\n`;
}

function toJson(members: readonly PlannedMember[], applied: boolean): string {
  return `${JSON.stringify({ applied, members })}\n`;
}

function directoryFailed(cause: unknown): never {
  if (!(cause instanceof CljClientError)) throw cause;
  throw new CommandFailure(
    `the user directory does not answer (${cause.message}), so nothing was changed: check CLJ_PG_WRAPPER_URL and CLJ_PG_WRAPPER_TOKEN`,
    { cause },
  );
}

function stoppedHalfWay(cause: unknown, count: number): never {
  if (!(cause instanceof Refusal)) throw cause;
  const message = `stopped half-way (${cause.message}), ${imported(count)}: run the same command again`;
  throw new CommandFailure(message, { cause });
}

function imported(count: number): string {
  return `${count} ${count === 1 ? "line is" : "lines are"} imported`;
}
