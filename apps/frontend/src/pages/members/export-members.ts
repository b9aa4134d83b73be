import type { Member } from "@platform-api/client";
import { csvLines, MOST_ROWS } from "../../app/files/csv.ts";
import { fileName } from "../../app/files/download.ts";
import { type LoadAllOptions, loadAll } from "../../app/files/load-all.ts";
import type { Exported } from "../../app/files/use-export.ts";
import { ROLE_NAMES } from "../../organization/role-text.ts";
import { originText } from "./lists/member-texts.ts";
import { amountText, type MemberView } from "./member-view.ts";

interface ExportOptions extends Omit<LoadAllOptions<Member>, "atMost"> {
  readonly organizationId: string;
  readonly view: MemberView;
  /** Finds what those are called who invited the members. */
  readonly nameInviters: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

const HEADER = ["Name", "Address", "Role", "Status", "Origin", "Joined (UTC)", "User ID"];

/** The members of the view as CSV. */
export async function exportMembers(options: ExportOptions): Promise<Exported> {
  const { organizationId, view, nameInviters, ...loading } = options;
  const { items, hasMore } = await loadAll({ ...loading, atMost: MOST_ROWS });
  const inviters = await nameInviters([...new Set(items.flatMap(({ invitedBy }) => invitedBy ?? []))]);
  const lines = csvLines(
    HEADER,
    items.map((member) => cellsOf(member, inviters.get(member.invitedBy ?? "") ?? null)),
  );
  const name = fileName([organizationId, "members", ...filterOf(view)], "csv", new Date());
  const count = amountText({ count: items.length, isExact: true }, view);
  const toast = hasMore
    ? {
        text: `Exported the first ${count} to ${name}`,
        detail: "There are more: search or filter for the rest.",
      }
    : { text: `Exported ${count} to ${name}` };
  return { name, type: "text/csv", lines, toast };
}

function cellsOf(member: Member, inviter: string | null): readonly string[] {
  const { name, email, role, status, origin, joinedAt, userId } = member;
  return [
    name ?? "",
    email ?? "",
    ROLE_NAMES[role],
    status === "active" ? "Active" : "Removed",
    originText(origin, inviter),
    joinedAt,
    userId,
  ];
}

function filterOf({ query, role, status }: MemberView): readonly string[] {
  return [status === "removed" ? "removed" : "", role === null ? "" : `${role}s`, query];
}
