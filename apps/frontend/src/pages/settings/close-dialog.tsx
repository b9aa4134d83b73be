import type { Organization } from "@platform-api/client";
import { type FormEvent, useState } from "react";
import { Form, Input, Label, TextField } from "react-aria-components";
import { brand } from "../../app/config/brand.ts";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { DialogActions, ModalDialog } from "../../design/overlays/dialog.tsx";
import { closeRefusal, useClose } from "../../organization/use-closing.ts";

export interface CloseDialogProps {
  readonly organization: Pick<Organization, "id" | "name" | "sendsMail">;
  readonly onClose: () => void;
}

/** The question before an owner closes an organization, who types its name. */
export function CloseDialog({ organization, onClose }: CloseDialogProps) {
  const { name, sendsMail } = organization;
  const closing = useClose(organization, onClose);
  const [typed, setTyped] = useState("");
  const isName = typed.trim().toLowerCase() === name.trim().toLowerCase();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isName && !closing.isPending) closing.mutate(name);
  };
  return (
    <ModalDialog title={`Close ${name}?`} isAlert onClose={onClose}>
      <p>
        It stays open for 7 days more.{" "}
        {sendsMail === false // a server of the version before does not say
          ? "Each owner can keep it open until then. No mail tells them, because no mail server is set up: tell them yourself."
          : "All owners are told by mail, and each of them can keep it open until then."}
      </p>
      <p className="quiet">
        After that nobody belongs to it, nobody can join it, and its runs stop. Nothing is deleted:{" "}
        {brand().name} can open it again.
      </p>
      <Form onSubmit={submit} className="close-form">
        <TextField className="field" autoFocus autoComplete="off" value={typed} onChange={setTyped}>
          <Label>
            Type <bdi className="close-name">{name}</bdi> to confirm
          </Label>
          <Input />
        </TextField>
        <p role="alert" className="dialog-failure">
          {closing.error && closeRefusal(closing.error)}
        </p>
        <DialogActions onCancel={onClose}>
          <PendingButton
            type="submit"
            className="button button-danger"
            isDisabled={!isName}
            isPending={closing.isPending}
          >
            Close in 7 days
          </PendingButton>
        </DialogActions>
      </Form>
    </ModalDialog>
  );
}
