import { useRef, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import type { AppReason } from "../../app/problems/problems.ts";
import { announce } from "../../design/announcer.tsx";
import { nameProblem } from "./rules.ts";
import { Lock, SettingProblem } from "./setting-texts.tsx";

export interface NameFieldProps {
  readonly name: string;
  readonly lock: string | null;
  readonly problem: AppReason | null;
  /** Resolves with whether the name was changed. */
  readonly onSave: (name: string) => Promise<boolean>;
  /** Called when the user edits the field after a refusal. */
  readonly onEdit: () => void;
}

/** The name, changed in place: Enter saves it, Escape takes the edit back. A refused text stays, to be corrected. */
export function NameField({ name, lock, problem, onSave, onEdit }: NameFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  /** Only the text of the last one comes back when it is refused. */
  const saves = useRef(0);
  const text = draft ?? name;
  const wrong = draft === null ? null : nameProblem(draft);
  const isChanged = draft !== null && draft.trim() !== name;
  const close = () => {
    setDraft(null);
    input.current?.focus();
  };
  const save = async () => {
    if (draft === null || wrong !== null) return;
    const next = draft.trim();
    close();
    if (next === name) return;
    saves.current += 1;
    const save = saves.current;
    if (await onSave(next)) announce(`Renamed to ${next}`);
    else if (save === saves.current) setDraft((newer) => newer ?? next);
  };
  return (
    <Form
      className="row setting"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className="setting-text">
        <TextField
          className="field setting-name"
          value={text}
          isReadOnly={lock !== null}
          isInvalid={wrong !== null}
          validationBehavior="aria"
          onChange={(next) => {
            setDraft(next);
            if (problem !== null) onEdit();
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDraft(null);
            else event.continuePropagation();
          }}
        >
          <Label>Name</Label>
          <div className="setting-name-box">
            <Input ref={input} autoComplete="off" />
            {isChanged && (
              <>
                <Button type="submit" className="button button-primary" isDisabled={wrong !== null}>
                  Save
                </Button>
                <Button className="button button-plain" onPress={close}>
                  Cancel
                </Button>
              </>
            )}
          </div>
          <FieldError>{wrong}</FieldError>
        </TextField>
        <Lock reason={lock} />
        <SettingProblem reason={problem} />
      </div>
    </Form>
  );
}
