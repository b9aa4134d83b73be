import type {
  ApplyProgress,
  ApplyStopped,
  Change,
  DeclarationProblem,
  DeclarationWarning,
  LinkedPeople,
  Plan,
} from "@platform-api/server/domain";
import { print, printable, type Terminal } from "../../terminal/terminal.ts";

/** What applying a file changes, and what it means for people who are linked already. */
export interface ApplyReport {
  readonly plan: Pick<Plan, "changes" | "warnings">;
  readonly linked: ReadonlyMap<string, LinkedPeople>;
}

/** Of a connection that the plan before the confirmation did not take away. */
const NOT_COUNTED: LinkedPeople = { count: 0, stopped: "notCounted" };

export function printWarnings({ warnings }: ApplyReport["plan"], terminal: Terminal): void {
  for (const warning of warnings) terminal.err(`warning: ${printable(describeWarning(warning))}\n`);
}

/** @param options `isWarned`: whether the warnings stood before the confirmation already */
export function printReport(
  report: ApplyReport,
  options: { readonly planned: boolean; readonly json: true | undefined; readonly isWarned?: boolean },
  terminal: Terminal,
): void {
  const { planned, json, isWarned = false } = options;
  const { changes, warnings } = report.plan;
  const warned = warnings.map(describeWarning);
  if (!json && !isWarned) printWarnings(report.plan, terminal);
  const described = changes.map((change) => changeAsJson(change, report));
  print({ planned, changes: described, warnings: warned }, describeReport(report, planned), json, terminal);
}

function describeReport(report: ApplyReport, planned: boolean): string {
  const { changes } = report.plan;
  if (changes.length === 0) return "Nothing to change.\n";
  const lines = changes.map((change) => `${describeChange(change, report)}\n`).join("");
  const count = `${changes.length} ${changes.length === 1 ? "change" : "changes"}`;
  if (!planned) return `${lines}${count}.\n`;
  const needsYes = changes.some(({ takesAway }) => takesAway)
    ? " This removes something: without a terminal, applying the file requires --yes."
    : "";
  return `Would change:\n${lines}${count} planned, none made.${needsYes}\n`;
}

export function describeProgress({ phase, done, of, changed }: ApplyProgress): string {
  const [some, all, differing] = [done, of, changed].map((count) => count.toLocaleString("en-US"));
  return phase === "compared"
    ? `${some} of ${all} organizations compared, ${differing} changed`
    : `${some} of ${all} changes made`;
}

/** The change without what it means for anyone: equal for equal changes. */
export function nameOf({ organizationId, change }: Change): string {
  return `${organizationId}: ${change}`;
}

export function describeChange(change: Change, report: ApplyReport): string {
  return printable(`${nameOf(change)}${describeLinkedPeople(change, report)}`);
}

function describeLinkedPeople({ cutOff }: Change, { linked }: ApplyReport): string {
  if (cutOff === null) return "";
  const { count, stopped } = linked.get(cutOff) ?? NOT_COUNTED;
  const people = count === 1 ? "1 person is" : `${count} people are`;
  const [least, why] = stopped === null ? ["", ""] : ["At least ", ` (not all were counted: ${stopped})`];
  return `. ${least}${people} linked through it${why}: their tokens through it are refused within 5 s`;
}

function changeAsJson({ cutOff, organizationId, change, takesAway }: Change, { linked }: ApplyReport) {
  const described = { organizationId, change, takesAway };
  if (cutOff === null) return described;
  const { count, stopped } = linked.get(cutOff) ?? NOT_COUNTED;
  return { ...described, linkedPeople: { count, complete: stopped === null } };
}

function describeWarning(warning: DeclarationWarning): string {
  switch (warning.kind) {
    case "role-ignored": {
      const { organizationId, email, accepted, declared } = warning;
      return `${organizationId}: ${email} accepted an invitation as ${accepted}; ${declared} in the file changes nothing`;
    }
    case "member-invited": {
      const { organizationId, email, role, status, leftAt } = warning.member;
      if (status === "active")
        return `${organizationId}: ${email} is a member already, as ${role}: the invitation changes nothing for them, and counts as accepted`;
      return leftAt === null
        ? `${organizationId}: ${email} was removed: the invitation is void for them; \`member restore\` takes them back`
        : `${organizationId}: ${email} has left: the invitation takes them back when they sign in`;
    }
    case "domain-verified-by-dns":
      return `${warning.organizationId}: domain ${warning.domain} is verified by DNS already: it stays so, and lapses if its record goes`;
    case "connection-disabled":
      return `${warning.organizationId}: connection ${warning.name} is switched off, and stays so: \`connection set … --enabled on\` switches it on`;
    case "owners-kept-out":
      return `${warning.organizationId}: ${warning.missing}`;
    case "domain-shared":
      return (
        `domain ${warning.domain} is shared by ${warning.organizationIds.join(", ")}: an SSO login of one proves an ` +
        'address to that organization alone, unless each of the others trusts it ("trusts" in the file). The first ' +
        "login decides: people first seen through one organization's SSO get IDENTITY_CONFLICT through another's, " +
        "until `platform-api identity allow` settles it"
      );
  }
}

export function describeProblem(problem: DeclarationProblem): string {
  switch (problem.kind) {
    case "unknown-trust":
      return `${problem.organizationId}: trusts ${problem.trusted}, and there is no such organization`;
    case "connection-taken":
      return describeTaken(`connection ${problem.name}`, problem.owner);
    case "auth0-id-taken":
      return describeTaken(`auth0OrgId ${problem.auth0OrgId}`, problem.owner);
    case "self-service-connection": {
      const [what, fix] = problem.isRemoved
        ? ["was set up and removed by", "register another connection, with a name of its own"]
        : ["is set up by", "leave it out of the file"];
      return `connection ${problem.name} ${what} organization ${problem.owner} itself: ${fix}`;
    }
    case "sso-without-connection":
      return `${problem.organizationId}: enforceSso is on without an enabled connection: no user could sign in`;
    case "not-agreed":
      return `${nameOf(problem.change)}: not confirmed; apply the file again`;
  }
}

function describeTaken(what: string, owner: string): string {
  return `${what} belongs to organization ${owner}: to move it, include ${owner} in the file without it`;
}

export function describeConcurrentChange({ change, made }: ApplyStopped): string[] {
  return [
    `${nameOf(change)}: changed concurrently by someone else; run \`org apply\` again`,
    ...made.map((before) => `changed before: ${nameOf(before)}`),
  ];
}
