import type { Member, Role } from "@platform-api/client";
import { startTransition, useState } from "react";
import { Button } from "react-aria-components";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import { roleOf } from "../../organization/role-text.ts";
import { useManyInvitations } from "./invitations/use-many-invitations.ts";
import { invitations as invitationCount, people } from "./lists/many-texts.ts";
import { useSelection } from "./lists/selection.ts";
import { commonRole, rolesForMany } from "./many-question.ts";
import { REMOVE, RESTORE, toRole } from "./member-intents.ts";
import { type ManyOptions, useManyMembers } from "./use-many-members.ts";

/** Loaded with the rest of what a selection needs. */
export { ManyNews } from "./lists/many-news.tsx";

const { Overlay: SelectedDialog, preload } = lazyOverlay(
  async () => (await import("./lists/selected-dialog.tsx")).SelectedDialog,
);
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
  const [isSeen, setSeen] = useState(false);
  return (
    <>
      <Button
        className="button button-small"
        aria-label="See who is selected"
        aria-haspopup="dialog"
        onHoverStart={preload}
        onFocus={preload}
        onPress={() => startTransition(() => setSeen(true))}
      >
        See who
      </Button>
      {isSeen && (
        <SelectedDialog members={members} emails={emails} heir={options.box} onClose={() => setSeen(false)} />
      )}
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
  const active = withStatus(members, "active");
  const removed = members.length - active.length;
  const whom = people(active.length);
  const restore = removed > 0 && <Action name="Restore" whom={people(removed)} onPress={onRestore} />;
  if (active.length === 0) return restore;
  return (
    <>
      {restore}
      <MenuButton
        className="button button-small"
        label={`Role of ${whom}`}
        choices={rolesForMany(callerRole)}
        selected={commonRole(active)}
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
