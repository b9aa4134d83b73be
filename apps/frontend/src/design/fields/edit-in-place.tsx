import { type FormEvent, useRef, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";

export interface EditInPlaceProps {
  readonly label: string;
  readonly value: string;
  readonly isReadOnly?: boolean;
  /** What is wrong with a text; null if nothing is. It is saved without spaces around it. */
  readonly problemOf?: (text: string) => string | null;
  /** Called when the user edits the text. */
  readonly onEdit?: () => void;
  /** Resolves with whether the text was saved. A refused one stays, to be corrected. */
  readonly onSave: (text: string) => Promise<boolean>;
  /** For a field that stands only for the edit, without a visible label: it takes the focus, and is closed after it. */
  readonly onClose?: () => void;
}

/** A text that is changed where it is shown: Enter saves it, Escape takes the edit back. */
export function EditInPlace(props: EditInPlaceProps) {
  const { label, value, isReadOnly = false, problemOf, onEdit, onSave, onClose } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  /** Only the text of the last one comes back when it is refused. */
  const saves = useRef(0);
  const isBrief = onClose !== undefined;
  const size = isBrief ? " button-small" : "";
  const text = draft ?? value;
  const wrong = draft === null ? null : (problemOf?.(draft) ?? null);
  const isChanged = draft !== null && draft.trim() !== value;
  const close = () => {
    setDraft(null);
    input.current?.focus();
    onClose?.();
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (wrong !== null) return;
    const next = text.trim();
    close();
    if (!isChanged) return;
    const save = ++saves.current;
    if (!(await onSave(next)) && save === saves.current) setDraft((newer) => newer ?? next);
  };
  return (
    <Form className={isBrief ? "edit-in-place edit-brief" : "edit-in-place"} onSubmit={save}>
      <TextField
        className="field"
        value={text}
        isReadOnly={isReadOnly}
        isInvalid={wrong !== null}
        validationBehavior="aria"
        autoFocus={isBrief}
        onChange={(next) => {
          setDraft(next);
          onEdit?.();
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") close();
          else event.continuePropagation();
        }}
      >
        <Label className={isBrief ? "visually-hidden" : "react-aria-Label"}>{label}</Label>
        <div className="edit-box">
          <Input
            ref={input}
            autoComplete="off"
            onFocus={(event) => isBrief && event.currentTarget.select()}
          />
          {(isChanged || isBrief) && (
            <span className="edit-buttons">
              <Button type="submit" className={`button button-primary${size}`} isDisabled={wrong !== null}>
                Save
              </Button>
              <Button className={`button button-plain${size}`} onPress={close}>
                Cancel
              </Button>
            </span>
          )}
        </div>
        <FieldError>{wrong}</FieldError>
      </TextField>
    </Form>
  );
}
