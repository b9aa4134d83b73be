import { usePlatform } from "@platform-api/client/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { DialogActions, ModalDialog } from "../../design/overlays/dialog.tsx";
import type { Connection } from "./connection/connection.ts";
import { stepId } from "./focus-step.ts";
import { refusalText } from "./refusal.ts";
import { Refused } from "./step.tsx";

interface RemoveConnectionProps {
  readonly organizationId: string;
  readonly connection: Connection;
  readonly onClose: () => void;
}

export function RemoveConnection({ organizationId, connection, onClose }: RemoveConnectionProps) {
  const platform = usePlatform();
  const queryClient = useQueryClient();
  const { name, displayName } = connection;
  const removing = useMutation(
    platform.org.connections.remove.mutationOptions({
      onSuccess: () => {
        const queryKey = platform.org.connections.list.queryKey({ organizationId });
        queryClient.setQueryData<Connection[]>(queryKey, (list = []) =>
          list.filter((each) => each.name !== name),
        );
        announce(`${displayName} was removed`);
      },
    }),
  );
  return (
    <ModalDialog
      title={`Remove ${displayName}?`}
      onClose={onClose}
      heir={() => document.getElementById(stepId(2))}
      isAlert
    >
      <p>
        Nobody can sign in through it any more. People keep their accounts and their place in the
        organization. To use it again, you have to set it up again.
      </p>
      {removing.error && <Refused>{refusalText("remove", removing.error, [connection])}</Refused>}
      <DialogActions onCancel={onClose} isCancelFocused>
        <PendingButton
          className="button button-danger"
          isPending={removing.isPending}
          onPress={() => removing.mutate({ organizationId, name })}
        >
          Remove
        </PendingButton>
      </DialogActions>
    </ModalDialog>
  );
}
