import type { Member } from "@platform-api/client";
import { memo } from "react";
import { Button, Link, type PressEvent } from "react-aria-components";
import { errorReason } from "../../app/problems/error-reason.ts";
import { Avatar } from "../../design/avatar.tsx";
import { Icon } from "../../design/icon.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import { Badge } from "../../design/text/badge.tsx";
import { CopyButton } from "../../design/text/copy-button.tsx";
import { Time } from "../../design/text/time-ago.tsx";
import { ONLY_OWNER } from "../../organization/member-refusal.ts";
import { ROLE_NAMES, roleOf } from "../../organization/role-text.ts";
import { nameOf, OUTSIDE, originText } from "./lists/member-texts.ts";
import { AskedToReturn } from "./lists/refused.tsx";
import { RowFailure } from "./lists/row-failure.tsx";
import { SelectBox } from "./lists/select-box.tsx";
import { CELL, ROW } from "./lists/table-roles.ts";
import { type Intent, isFulfilled, memberRefusal, REMOVE, RESTORE, toRole } from "./member-intents.ts";
import { type Caller, historyOf, mayChange, onlyOwners, roleChoices } from "./roles/member-roles.ts";
import type { RowActions } from "./row-actions.ts";
import { intentOf } from "./use-members.ts";

export interface MemberRowProps {
  readonly organizationId: string;
  readonly member: Member;
  readonly caller: Caller;
  readonly isOnlyOwner: boolean;
  /** Whether the address is at none of the organization's domains. */
  readonly isOutside: boolean;
  /** The address; null for an operator, undefined until it is known. */
  readonly inviter: string | null | undefined;
  /** Who removed them, as the inviter; null also where that is not known. */
  readonly remover: string | null | undefined;
  readonly error: Error | undefined;
  readonly actions: RowActions;
}

export const MemberRow = memo(function MemberRow(props: MemberRowProps) {
  const { organizationId, member, caller, isOutside, inviter, remover, error, actions } = props;
  const { userId, email, name } = member;
  const failed = error && intentOf(error);
  const hasFailed = error && failed && !isFulfilled(member, failed);
  return (
    <tr {...ROW} data-member={userId} className={hasFailed ? "member-row has-failure" : "member-row"}>
      <td {...CELL} className="member-select">
        {isSelectable(caller, member) && <SelectBox id={userId} name={nameOf(member)} />}
      </td>
      <td {...CELL} className="member-who">
        <div>
          <Avatar id={userId} name={name ?? email ?? "?"} />
          <div className="member-name">
            {name !== null && <bdi className="member-called">{name}</bdi>}
            {email === null ? <Erased member={member} /> : <bdi className="member-email">{email}</bdi>}
            {userId === caller.userId && <Badge icon="user">You</Badge>}
            {isOutside && (
              <Badge tone="warn" icon="globe" meaning={OUTSIDE}>
                Outside
              </Badge>
            )}
            {!hasRoleMenu(caller, member) && (
              <Link
                className="member-history"
                aria-label={`History of ${nameOf(member)}`}
                href={historyOf(organizationId, member)}
              >
                History
              </Link>
            )}
            {member.status === "removed" && (
              <>
                <Removed member={member} remover={remover} />
                <AskedToReturn organizationId={organizationId} userId={userId} />
              </>
            )}
          </div>
        </div>
        {hasFailed && <Failure member={member} error={error} intent={failed} actions={actions} />}
      </td>
      <td {...CELL} className="member-role">
        <RoleOf {...props} />
      </td>
      <td {...CELL} className="member-origin">
        {originText(member.origin, inviter)}
      </td>
      <td {...CELL} className="member-joined">
        <Time at={member.joinedAt} />
      </td>
      <td {...CELL} className="member-action">
        <ActionOf {...props} />
      </td>
    </tr>
  );
});

/** One's own row is not: what changes it is asked about. */
function isSelectable(caller: Caller, member: Member): boolean {
  return member.userId !== caller.userId && member.email !== null && mayChange(caller, member);
}

/** Nothing else is known of them, so the whole id can be copied. */
function Erased({ member }: Pick<MemberRowProps, "member">) {
  return (
    <>
      <span className="member-email">Erased</span>
      <span className="member-id">
        <code>{member.userId.slice(0, 8)}…</code>
        <CopyButton text={member.userId} what={`ID of ${nameOf(member)}`} />
      </span>
    </>
  );
}

/** When they were removed, or left. Of some that is not known. */
function Removed({ member, remover }: Pick<MemberRowProps, "member" | "remover">) {
  const { userId, removedAt, removedBy } = member;
  if (!removedAt) return null; // also where the server does not tell it yet
  const hasLeft = removedBy === userId;
  return (
    <span className="member-asked">
      {hasLeft ? "Left" : "Removed"} <Time at={removedAt} />
      {!hasLeft && remover && (
        <>
          {" "}
          by <bdi>{remover}</bdi>
        </>
      )}
    </span>
  );
}

/** Without it, their history is a link. */
function hasRoleMenu(caller: Caller, member: Member): boolean {
  return member.status === "active" && mayChange(caller, member);
}

function RoleOf({ organizationId, member, caller, isOnlyOwner, actions }: MemberRowProps) {
  const { role } = member;
  const name = ROLE_NAMES[role];
  if (!hasRoleMenu(caller, member)) return <span className="role-fixed">{name}</span>;
  return (
    <MenuButton
      className="button button-plain button-small role-button"
      label={`Role of ${nameOf(member)}: ${name}`}
      choices={[
        ...roleChoices(caller, member, isOnlyOwner),
        { id: "history", label: "History", href: historyOf(organizationId, member), isApart: true },
      ]}
      selected={role}
      onChoose={(id) => {
        const chosen = roleOf(id);
        if (chosen !== null && chosen !== role) actions.ask(member, toRole(chosen));
      }}
    >
      {name}
      <Icon name="down" size={12} />
    </MenuButton>
  );
}

function ActionOf({ member, caller, isOnlyOwner, actions }: MemberRowProps) {
  const { userId, email, status } = member;
  if (email === null) return null; // nobody can restore them
  if (userId === caller.userId) {
    if (isOnlyOwner) return <DisabledAction name="Leave" label="Leave" why={ONLY_OWNER} />;
    return <ActionButton name="Leave" label="Leave the organization" onPress={() => actions.askToLeave()} />;
  }
  const [kind, name, intent] =
    status === "removed"
      ? (["restore", "Restore", RESTORE] as const)
      : (["remove", "Remove", REMOVE] as const);
  const label = `${name} ${nameOf(member)}`;
  if (!mayChange(caller, member))
    return <DisabledAction name={name} label={label} why={onlyOwners(kind, member)} />;
  return <ActionButton name={name} label={label} onPress={(press) => actions.ask(member, intent, press)} />;
}

interface ActionButtonProps {
  readonly name: string;
  readonly label: string;
  readonly onPress: (press: PressEvent) => void;
}

function ActionButton({ name, label, onPress }: ActionButtonProps) {
  return (
    <Button className="button button-plain button-small" aria-label={label} onPress={onPress}>
      {name}
    </Button>
  );
}

interface DisabledActionProps extends Omit<ActionButtonProps, "onPress"> {
  readonly why: string;
}

/** It takes the focus, and with it a press: the tip beside it shows then. */
function DisabledAction({ name, label, why }: DisabledActionProps) {
  return (
    <span className="has-tip">
      <Button className="button button-plain button-small" aria-label={`${label}. ${why}`} aria-disabled>
        {name}
      </Button>
      <span className="tip" aria-hidden="true">
        {why}
      </span>
    </span>
  );
}

interface FailureProps {
  readonly member: Member;
  readonly error: Error;
  readonly intent: Intent;
  readonly actions: RowActions;
}

function Failure({ member, error, intent, actions }: FailureProps) {
  const { text, canRepeat } = memberRefusal(errorReason(error), intent);
  return (
    <RowFailure
      name={nameOf(member)}
      text={text}
      {...(canRepeat && { onRepeat: (press) => actions.ask(member, intent, press) })}
      onDismiss={() => actions.dismiss(member.userId)}
    />
  );
}
