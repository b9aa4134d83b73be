import { retryAfterMs } from "@platform-api/client";
import { useState } from "react";
import { errorReason } from "../../../app/problems/error-reason.ts";
import { PendingButton } from "../../../design/fields/pending-button.tsx";
import { Icon } from "../../../design/icon.tsx";
import { MenuButton } from "../../../design/overlays/menu-button.tsx";
import type { MenuChoice } from "../../../design/overlays/menu-choice.ts";
import { Badge } from "../../../design/text/badge.tsx";
import { Time } from "../../../design/text/time-ago.tsx";
import { ROLE_NAMES } from "../../../organization/role-text.ts";
import { originText } from "../lists/member-texts.ts";
import { RowFailure } from "../lists/row-failure.tsx";
import { SelectBox } from "../lists/select-box.tsx";
import { CELL, ROW } from "../lists/table-roles.ts";
import type { Invitation } from "./invitation.ts";
import { type Fix, standingOf } from "./invitation-badges.ts";
import { actionOf, invitationFailure } from "./invitation-failure.ts";
import type { InvitationActions } from "./use-invitation-actions.ts";

interface InvitationRowProps {
  readonly invitation: Invitation;
  /** Whether the address is at none of the organization's domains. */
  readonly isOutside: boolean;
  /** Whether the caller may change it. Only owners change invitations of owners. */
  readonly isChangeable: boolean;
  /** The address; null for an operator, undefined until it is known. */
  readonly inviter: string | null | undefined;
  /** Why the last change failed. */
  readonly error: Error | undefined;
  readonly actions: InvitationActions;
  readonly onRevoke: () => void;
  readonly onDismiss: () => void;
}

export function InvitationRow(props: InvitationRowProps) {
  const { invitation, isOutside, isChangeable, inviter, error, actions, onRevoke, onDismiss } = props;
  const { email, role, createdAt } = invitation;
  const [isResending, setResending] = useState(false);
  const { badges, fixes } = standingOf({ ...invitation, outside: isOutside }, Date.now());
  const resend = async () => {
    setResending(true);
    await actions.resend(invitation).catch(() => {}); // the row says why
    setResending(false);
  };
  const run = (choice: string) => {
    if (choice === "resend") return resend();
    if (choice === "copy") return actions.copyLink(invitation);
    return onRevoke();
  };
  return (
    <tr
      {...ROW}
      className={`member-row invitation-row${error ? " has-failure" : ""}`}
      data-invitation={email}
    >
      <td {...CELL} className="member-select">
        {isChangeable && <SelectBox id={email} name={email} />}
      </td>
      <td {...CELL} className="member-who">
        <div>
          <span className="invitation-picture">
            <Icon name="mail" />
          </span>
          <div className="member-name">
            <bdi className="member-email">{email}</bdi>
            {badges.map(({ text, ...badge }) => (
              <Badge key={text} {...badge}>
                {text}
              </Badge>
            ))}
            <Fixes
              email={email}
              fixes={fixes.filter((fix) => isChangeable || fix === "copy")}
              isResending={isResending}
              onFix={(fix) => void run(fix)}
            />
          </div>
        </div>
        {error && <RowFailure name={email} text={failureText(error)} onDismiss={onDismiss} />}
      </td>
      <td {...CELL} className="member-role">
        <span className="role-fixed">{ROLE_NAMES[role]}</span>
      </td>
      <td {...CELL} className="member-origin">
        {originText("invitation", inviter)}
      </td>
      <td {...CELL} className="member-joined">
        Sent <Time at={createdAt} />
      </td>
      <td {...CELL} className="member-action">
        <MenuButton
          className="button button-icon"
          label={`Invitation of ${email}`}
          placement="bottom end"
          choices={choicesOf(fixes, isChangeable)}
          onChoose={(choice) => void run(choice)}
        >
          <Icon name="dots" />
        </MenuButton>
      </td>
    </tr>
  );
}

interface FixesProps {
  readonly email: string;
  readonly fixes: readonly Fix[];
  readonly isResending: boolean;
  readonly onFix: (fix: Fix) => void;
}

function Fixes({ email, fixes, isResending, onFix }: FixesProps) {
  return fixes.map((fix) => (
    <PendingButton
      key={fix}
      className="button button-plain button-small invitation-fix"
      aria-label={`${NAMES[fix]} for ${email}`}
      isPending={fix === "resend" && isResending}
      onPress={() => onFix(fix)}
    >
      {NAMES[fix]}
    </PendingButton>
  ));
}

const NAMES: Readonly<Record<Fix, string>> = { resend: "Resend", copy: "Copy link" };

/** What the row does not already show as a button. */
function choicesOf(shown: readonly Fix[], isChangeable: boolean): readonly MenuChoice[] {
  const only = isChangeable ? {} : { isDisabled: true, note: "Only owners invite owners." };
  const choices: (MenuChoice & { readonly id: Fix })[] = [
    { id: "resend", label: NAMES.resend, icon: "mail", ...only },
    { id: "copy", label: NAMES.copy, icon: "copy" },
  ];
  return [
    ...choices.filter(({ id }) => !shown.includes(id) || (id === "resend" && !isChangeable)),
    { id: "revoke", label: "Revoke", icon: "trash", isDangerous: true, isApart: true, ...only },
  ];
}

function failureText(error: Error): string {
  return invitationFailure(actionOf(error), errorReason(error), retryAfterMs(error));
}
