import { type FormEvent, useRef, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { nameProblem } from "../../organization/name-problem.ts";
import type { Connection } from "./connection/connection.ts";
import { refusalText } from "./refusal.ts";
import { Refused } from "./step.tsx";
import { useBegin } from "./use-set-up.ts";

interface ConnectFormProps {
  readonly organizationId: string;
  readonly connections: readonly Connection[];
  readonly isPrimary: boolean;
  /** Omit it if there is nothing to return to. */
  readonly onCancel?: () => void;
}

/** Asks for the name of a connection, and opens its set-up in a new tab. */
export function ConnectForm({ organizationId, connections, isPrimary, onCancel }: ConnectFormProps) {
  const [name, setName] = useState("");
  const [isMissing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { begin, isPending, error, reset } = useBegin(organizationId);
  const displayName = name.trim();
  const problem = nameProblem("connection", name);
  const connect = (event: FormEvent) => {
    event.preventDefault();
    setMissing(displayName === "");
    if (problem === null) begin(displayName);
    else input.current?.focus();
  };
  const edit = (text: string) => {
    setName(text);
    setMissing(false);
    if (!isPending) reset();
  };
  return (
    <Form className="sso-connect" onSubmit={connect} validationBehavior="aria">
      <div className="sso-connect-row">
        <TextField
          className="field"
          value={name}
          onChange={edit}
          isInvalid={isMissing || (displayName !== "" && problem !== null)}
          autoFocus={onCancel !== undefined}
          onKeyDown={(event) => event.key === "Escape" && onCancel?.()}
        >
          <Label>Name of the sign-in</Label>
          <Input ref={input} placeholder="Company Okta" autoComplete="off" />
          <FieldError>{isMissing ? "Enter a name, such as Company Okta." : problem}</FieldError>
        </TextField>
        <PendingButton
          type="submit"
          className={`button ${isPrimary ? "button-primary" : ""}`}
          isPending={isPending}
        >
          Connect
        </PendingButton>
        {onCancel && (
          <Button className="button button-plain" onPress={onCancel}>
            Cancel
          </Button>
        )}
      </div>
      <p className="sso-note">
        People read it on the sign-in page: “Continue with {displayName || "Company Okta"}”. The set-up opens
        in a new tab.
      </p>
      {error && <Refused>{refusalText("connect", error, connections)}</Refused>}
    </Form>
  );
}
