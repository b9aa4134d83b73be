import type { Member, Role } from "@platform-api/client";
import { Button } from "react-aria-components";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import { roleOf } from "../../organization/role-text.ts";
import { useManyInvitations } from "./invitations/use-many-invitations.ts";
import { invitations as invitationCount, people } from "./lists/many-texts.ts";
import { useSelection } from "./lists/selection.ts";
import { rolesForMany } from "./many-question.ts";
import { REMOVE, RESTORE, toRole } from "./member-intents.ts";
import { type ManyOptions, useManyMembers } from "./use-many-members.ts";

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
  const ids = useSelection().useIds();
  const members = rows.filter(({ userId }) => ids.has(userId));
  const emails = [...ids].filter((id) => id.includes("@"));
  const { asked, ask, confirm, close } = useManyMembers(options);
  const invitations = useManyInvitations(organizationId, options.focusBox);
  return (
    <>
      {members.length > 0 && (
        <MemberActions
          members={members}
          callerRole={callerRole}
          onRole={(role) => ask(members, toRole(role))}
          onRemove={() => ask(members, REMOVE)}
          onRestore={() => ask(members, RESTORE)}
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

interface MemberActionsProps {
  readonly members: readonly Member[];
  readonly callerRole: Role;
  readonly onRole: (role: Role) => void;
  readonly onRemove: () => void;
  readonly onRestore: () => void;
}

function MemberActions({ members, callerRole, onRole, onRemove, onRestore }: MemberActionsProps) {
  const whom = people(members.length);
  if (members.some(({ status }) => status === "removed"))
    return <Action name="Restore" whom={whom} onPress={onRestore} />;
  return (
    <>
      <MenuButton
        className="button button-small"
        label={`Role of ${whom}`}
        choices={rolesForMany(callerRole)}
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
