import { useState } from "react";
import { Button } from "react-aria-components";
import { useParameter } from "../../../app/routing/path.ts";
import { Icon } from "../../../design/icon.tsx";
import { lazyOverlay } from "../../../design/overlays/lazy-overlay.tsx";
import type { MyOrganization } from "../../../organization/active-organization.ts";
import { roleOf } from "../../../organization/role-text.ts";
import { NO_DRAFT } from "./draft.ts";

interface InviteButtonProps {
  readonly organization: MyOrganization;
  /** Somebody was invited or restored, so the lists have changed. */
  readonly onInvited: () => void;
}

const { Overlay: InviteDialog, preload } = lazyOverlay(
  async () => (await import("./invite-dialog.tsx")).InviteDialog,
);

/** Opens the dialog that invites people. What was typed there stays until it was sent. */
export function InviteButton({ organization, onInvited }: InviteButtonProps) {
  /** The role for which a link to this page asks to invite somebody. */
  const [asked, setAsked] = useParameter("invite");
  const [isOpen, setOpen] = useState(asked !== "");
  const [draft, setDraft] = useState({ ...NO_DRAFT, role: roleOf(asked) ?? NO_DRAFT.role });
  return (
    <>
      <Button
        className="button button-primary"
        onHoverStart={preload}
        onFocus={preload}
        onPress={() => setOpen(true)}
      >
        <Icon name="plus" />
        Invite people
      </Button>
      {isOpen && (
        <InviteDialog
          organization={organization}
          draft={draft}
          onChange={setDraft}
          onInvited={onInvited}
          onClose={() => {
            setOpen(false);
            setAsked("");
          }}
        />
      )}
    </>
  );
}
