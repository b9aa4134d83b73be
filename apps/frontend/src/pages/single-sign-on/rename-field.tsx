import { type FormEvent, useState } from "react";
import { Button, Form, Input, TextField } from "react-aria-components";

interface RenameFieldProps {
  readonly name: string;
  readonly onSave: (name: string) => void;
  readonly onCancel: () => void;
}

/** Enter saves, Escape does not. */
export function RenameField({ name, onSave, onCancel }: RenameFieldProps) {
  const [text, setText] = useState(name);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") onSave(text.trim());
  };
  return (
    <Form className="sso-rename" onSubmit={save}>
      <TextField
        aria-label={`Name of ${name}`}
        value={text}
        onChange={setText}
        maxLength={100}
        autoFocus
        onKeyDown={(event) => event.key === "Escape" && onCancel()}
      >
        <Input autoComplete="off" onFocus={(event) => event.currentTarget.select()} />
      </TextField>
      <Button type="submit" className="button button-small" isDisabled={text.trim() === ""}>
        Save
      </Button>
      <Button className="button button-small button-plain" onPress={onCancel}>
        Cancel
      </Button>
    </Form>
  );
}
