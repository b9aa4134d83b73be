import { useState } from "react";
import { ConfirmDialog } from "../design/overlays/confirm-dialog.tsx";
import type { MyOrganization } from "./active-organization.ts";
import { useLeave } from "./use-leave.ts";

export interface LeaveDialogProps {
  readonly organization: MyOrganization;
  readonly onClose: () => void;
}

/** The question before the user leaves an organization. A refusal shows in it, and the user can try again. */
export function LeaveDialog({ organization, onClose }: LeaveDialogProps) {
  const leave = useLeave(organization);
  const [failure, setFailure] = useState<string | null>(null);
  const confirm = async () => {
    setFailure(null);
    const refusal = await leave();
    if (refusal === null) onClose();
    else setFailure(refusal);
  };
  const question = {
    title: `Leave ${organization.name}?`,
    text: "Your access ends within 10 seconds. To come back, you need a new invitation.",
    action: "Leave",
    isDangerous: true,
  };
  return <ConfirmDialog question={question} failure={failure} onConfirm={confirm} onClose={onClose} />;
}
