import type { Member, Role } from "@platform-api/client";
import { Button } from "react-aria-components";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import { roleOf } from "../../organization/role-text.ts";
import { useManyInvitations } from "./invitations/use-many-invitations.ts";
import { invitations as invitationCount, people } from "./lists/many-texts.ts";
import { personOf } from "./lists/member-texts.ts";
import { useSelection } from "./lists/selection.ts";
import { rolesForMany } from "./many-question.ts";
import { REMOVE, RESTORE, toRole } from "./member-intents.ts";
import { type ManyOptions, useManyMembers } from "./use-many-members.ts";

/** Loaded with the rest of what a selection needs. */
export { ManyNews } from "./lists/many-news.tsx";

const { Overlay: ConfirmDialog } = lazyOverlay(
  async () => (await import("../../design/overlays/confirm-dialog.tsx")).ConfirmDialog,
);

export interface ManyActionsProps extends ManyOptions {
  readonly organizationId: string;
  readonly callerRole: Role;
  /** The rows of the list. */
  readonly rows: readonly Member[];
  readonly onClose: () => void;
}

/** What can be done with the selected rows. */
export function ManyActions({ organizationId, callerRole, rows, onClose, ...options }: ManyActionsProps) {
  const selection = useSelection();
  const ids = selection.useIds();
  const members = selection.membersAmong(rows);
  const emails = [...ids].filter((id) => id.includes("@"));
  const { asked, ask, confirm, close } = useManyMembers(options);
  const invitations = useManyInvitations(organizationId, options.focusBox);
  return (
    <>
      <MenuButton
        className="button button-small"
        label="Show who is selected"
        header="Choose one to leave them out"
        choices={[
          ...members.map((member) => ({ id: member.userId, label: personOf(member) })),
          ...emails.map((email) => ({ id: email, label: email, note: "Invitation" })),
        ]}
        onChoose={(id) => {
          selection.press(id, false);
          if (ids.size === 1) options.focusBox();
        }}
      >
        Show
        <Icon name="down" size={12} />
      </MenuButton>
      {members.length > 0 && (
        <MemberActions
          members={members}
          callerRole={callerRole}
          onRole={(role) => ask(withStatus(members, "active"), toRole(role))}
          onRemove={() => ask(withStatus(members, "active"), REMOVE)}
          onRestore={() => ask(withStatus(members, "removed"), RESTORE)}
        />
      )}
      {emails.length > 0 && (
        <>
          <Action
            name="Resend"
            whom={invitationCount(emails.length)}
            onPress={() => invitations.resend(emails)}
          />
          <Action
            name="Revoke"
            whom={invitationCount(emails.length)}
            onPress={() => invitations.revoke(emails)}
          />
        </>
      )}
      <Button className="button button-icon" aria-label="Clear the selection" onPress={onClose}>
        <Icon name="close" />
      </Button>
      {asked && (
        <ConfirmDialog
          question={asked.question}
          heir={options.box}
          onConfirm={() => confirm(asked)}
          onClose={close}
        />
      )}
    </>
  );
}

function withStatus(members: readonly Member[], wanted: Member["status"]): readonly Member[] {
  return members.filter(({ status }) => status === wanted);
}

interface MemberActionsProps {
  readonly members: readonly Member[];
  readonly callerRole: Role;
  readonly onRole: (role: Role) => void;
  readonly onRemove: () => void;
  readonly onRestore: () => void;
}

function MemberActions({ members, callerRole, onRole, onRemove, onRestore }: MemberActionsProps) {
  const removed = members.filter(({ status }) => status === "removed").length;
  const whom = people(members.length - removed);
  const restore = removed > 0 && <Action name="Restore" whom={people(removed)} onPress={onRestore} />;
  if (removed === members.length) return restore;
  return (
    <>
      {restore}
      <MenuButton
        className="button button-small"
        label={`Role of ${whom}`}
        choices={rolesForMany(callerRole)}
        focused="last"
        onChoose={(id) => {
          const role = roleOf(id);
          if (role !== null) onRole(role);
        }}
      >
        Role
        <Icon name="down" size={12} />
      </MenuButton>
      <Action name="Remove" whom={whom} onPress={onRemove} />
    </>
  );
}

interface ActionProps {
  readonly name: string;
  /** Such as "3 people". */
  readonly whom: string;
  readonly onPress: () => void;
}

function Action({ name, whom, onPress }: ActionProps) {
  return (
    <Button className="button button-small" aria-label={`${name} ${whom}`} onPress={onPress}>
      {name}
    </Button>
  );
}
