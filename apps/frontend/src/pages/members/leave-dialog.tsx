import { usePlatformClient } from "@platform-api/client/react";
import { useState } from "react";
import type { MyOrganization } from "../../active-organization.ts";
import { errorReason } from "../../ui/error-reason.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { leaveRefusal } from "./member-refusal.ts";

export interface LeaveDialogProps {
  readonly organization: MyOrganization;
  readonly onLeft: () => void;
  readonly onClose: () => void;
}

/** The question before the user leaves an organization. A refusal shows in it, and the user can try again. */
export function LeaveDialog({ organization: { id, name }, onLeft, onClose }: LeaveDialogProps) {
  const client = usePlatformClient();
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const leave = async () => {
    setPending(true);
    setFailure(null);
    try {
      await client.org.members.leave.mutate({ organizationId: id });
      onLeft();
    } catch (error) {
      setFailure(leaveRefusal(errorReason(error)));
    }
    setPending(false);
  };
  const question = {
    title: `Leave ${name}?`,
    text: "Your access ends within 10 seconds. To come back, you need a new invitation.",
    action: "Leave",
    isDangerous: true,
  };
  return (
    <ConfirmDialog
      question={question}
      isPending={isPending}
      failure={failure}
      onConfirm={leave}
      onClose={onClose}
    />
  );
}
