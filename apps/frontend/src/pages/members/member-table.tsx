import type { Member } from "@platform-api/client";
import type { ReactNode, RefObject } from "react";
import { isOutside } from "../../organization/trusted-domains.ts";
import { COLUMN_HEADER, ROW, ROW_GROUP, TABLE } from "./lists/table-roles.ts";
import type { WhoIs } from "./lists/use-inviters.ts";
import { MemberRow } from "./member-row.tsx";
import type { Caller } from "./roles/member-roles.ts";
import type { RowActions } from "./row-actions.ts";

interface MemberTableProps {
  readonly organizationId: string;
  readonly table: RefObject<HTMLTableElement | null>;
  readonly members: readonly Member[];
  readonly caller: Caller;
  readonly isOnlyOwner: boolean;
  /** The domains of the organization. */
  readonly trusted: readonly string[];
  readonly whoIs: WhoIs;
  readonly errors: ReadonlyMap<string, Error>;
  readonly actions: RowActions;
  /** The rows of the invitations, before those of the members. */
  readonly children: ReactNode;
}

/** A native table: see docs/decisions/0025-the-console.md. */
export function MemberTable(props: MemberTableProps) {
  const { organizationId, table, members, caller, isOnlyOwner } = props;
  const { trusted, whoIs, errors, actions, children } = props;
  return (
    <table ref={table} {...TABLE} className="members card" aria-label="Members and invitations">
      <thead {...ROW_GROUP}>
        <tr {...ROW}>
          <th {...COLUMN_HEADER}>
            <span className="visually-hidden">Select</span>
          </th>
          <th {...COLUMN_HEADER}>Person</th>
          <th {...COLUMN_HEADER}>Role</th>
          <th {...COLUMN_HEADER}>Origin</th>
          <th {...COLUMN_HEADER}>Joined</th>
          <th {...COLUMN_HEADER}>
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      {children}
      {members.length > 0 && (
        <tbody {...ROW_GROUP}>
          {members.map((member) => (
            <MemberRow
              key={member.userId}
              organizationId={organizationId}
              member={member}
              caller={caller}
              isOnlyOwner={isOnlyOwner && member.role === "owner"}
              isOutside={isOutside(member.email, trusted)}
              inviter={whoIs(member.invitedBy)}
              remover={whoIs(member.removedBy)}
              error={errors.get(member.userId)}
              actions={actions}
            />
          ))}
        </tbody>
      )}
    </table>
  );
}
