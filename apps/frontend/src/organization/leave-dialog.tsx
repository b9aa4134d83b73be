import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { navigate, pathOf } from "../app/routing/path.ts";
import { ConfirmDialog } from "../design/overlays/confirm-dialog.tsx";
import type { MyOrganization } from "./active-organization.ts";
import { YOU_ARE_ONLY_OWNER } from "./member-refusal.ts";
import { useLeave } from "./use-leave.ts";

export interface LeaveDialogProps {
  readonly organization: MyOrganization;
  readonly onClose: () => void;
}

/**
 * The question before the user leaves an organization. A refusal shows in it, and the user can try again. The only owner
 * reads why they cannot, and is led to where they can make someone else an owner.
 */
export function LeaveDialog({ organization, onClose }: LeaveDialogProps) {
  const leave = useLeave(organization);
  const isOnlyOwner = useIsOnlyOwner(organization);
  const [failure, setFailure] = useState<string | null>(null);
  const title = `Leave ${organization.name}?`;
  if (isOnlyOwner) {
    const text = "An organization needs at least one owner.";
    const goToMembers = async () => {
      onClose();
      navigate(pathOf(organization.id, "members"));
    };
    return (
      <ConfirmDialog
        question={{ title, text, action: "Go to the members", isDangerous: false }}
        failure={YOU_ARE_ONLY_OWNER}
        onConfirm={goToMembers}
        onClose={onClose}
      />
    );
  }
  const text = "Your access ends within 10 seconds. To come back, you need a new invitation.";
  const confirm = async () => {
    setFailure(null);
    const refusal = await leave();
    if (refusal === null) onClose();
    else setFailure(refusal);
  };
  return (
    <ConfirmDialog
      question={{ title, text, action: "Leave", isDangerous: true }}
      failure={failure}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}

/** Whether the user is known to be the only owner. */
function useIsOnlyOwner({ id, role }: MyOrganization): boolean {
  const { org } = usePlatform();
  const { data } = useQuery(org.get.queryOptions({ organizationId: id }, { enabled: role === "owner" }));
  return role === "owner" && data?.owners.length === 1;
}
