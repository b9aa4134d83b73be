import type { Role } from "../../wire/index.ts";
import { type Administrator, inBatch } from "../membership/standing.ts";
import { changeEach, type Verdict } from "../rows.ts";
import type { UserId } from "../user-id.ts";
import { type Member, memberOf } from "./member.ts";
import { type MemberPorts, removeMember, restoreMember, setRole } from "./members.ts";

/** Their memberships are then read by one request. */
const AT_ONCE = 8;

/** What many members are changed to. */
export interface ManyMembers {
  readonly userIds: readonly UserId[];
  readonly change: { readonly role: Role } | "remove" | "restore";
  /** The roles that the caller has seen, for another one only; null or absent for whatever they are. */
  readonly expected: ReadonlyMap<UserId, Role | null>;
}

export interface MemberVerdict extends Pick<Verdict<UserId, Member>, "outcome" | "hint"> {
  readonly userId: UserId;
  readonly member: Member | null;
}

/** Changes many members, each once and by the verb for one. */
export async function changeMembers(
  administrator: Administrator,
  { userIds, change, expected }: ManyMembers,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<MemberVerdict[]> {
  const rows = [...new Set(userIds)];
  const by = inBatch(administrator, rows.length);
  const changeOne = (userId: UserId, own: MemberPorts) => {
    if (change === "remove") return removeMember(by, userId, own, signal);
    if (change === "restore") return restoreMember(by, userId, own, signal);
    const expectedRole = expected.get(userId) ?? null;
    return setRole(by, { userId, role: change.role, expectedRole }, own, signal);
  };
  const verdicts = await changeEach({ rows, atOnce: AT_ONCE }, changeOne, ports, signal);
  return verdicts.map(({ row: userId, outcome, hint, answer }) => {
    return { userId, outcome, hint, member: answer === null ? null : memberOf(answer) };
  });
}
