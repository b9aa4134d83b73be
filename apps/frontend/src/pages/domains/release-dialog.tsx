import { usePlatformClient } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { errorReason, problemFor } from "../../app/problems/error-reason.ts";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { DialogActions, ModalDialog } from "../../design/overlays/dialog.tsx";
import type { Domain } from "../../organization/trusted-domains.ts";
import { refusalText } from "./input.ts";

export interface ReleaseDialogProps {
  readonly organizationId: string;
  readonly domain: Domain;
  readonly onClose: () => void;
  readonly onReleased: () => Promise<void>;
}

export function ReleaseDialog({ organizationId, domain, onClose, onReleased }: ReleaseDialogProps) {
  const client = usePlatformClient();
  const name = domain.domain;
  const releasing = useMutation({
    mutationFn: () => client.org.domains.release.mutate({ organizationId, domain: name }),
    onSuccess: async () => {
      onClose();
      await onReleased();
      announce(`Released ${name}`);
    },
  });
  return (
    <ModalDialog title={`Release ${name}?`} isAlert onClose={onClose}>
      <p>{effectOf(domain)}</p>
      <p className="quiet">To prove it again later, you need a new record.</p>
      <p role="alert" className="dialog-failure">
        {releasing.error && refusalOf(releasing.error, name)}
      </p>
      <DialogActions onCancel={onClose} isCancelFocused>
        <PendingButton
          className="button button-danger"
          isPending={releasing.isPending}
          onPress={() => releasing.mutate()}
        >
          Release
        </PendingButton>
      </DialogActions>
    </ModalDialog>
  );
}

function effectOf({ domain, state }: Domain): string {
  if (state === "pending" || state === "lapsed") return "It leaves this list. Nothing else changes.";
  return `New people with an @${domain} address can no longer join. Your members stay, and keep signing in.`;
}

function refusalOf(error: Error, domain: string): string {
  const reason = errorReason(error);
  const said = refusalText(error, domain);
  if (reason === "NOT_READY") {
    return (
      said ??
      "Single sign-on is required, and this is the last verified domain. Verify another one first, or stop requiring single sign-on."
    );
  }
  const { title, what, watch } = problemFor(reason);
  return watch === undefined ? (said ?? what) : `${title}. Try again in a moment.`;
}
