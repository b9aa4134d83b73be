import { useEffect } from "react";
import { Button, SearchField as Field, Input, Label } from "react-aria-components";
import { Icon } from "../icon.tsx";
import { useFieldText } from "./field-text.ts";

/** How long typing rests before a search begins. */
const REST_MS = 200;

export interface SearchFieldProps {
  readonly label: string;
  /** What is searched for now. A change from elsewhere, such as the back button, shows in the field. */
  readonly value: string;
  /** Called 200 ms after the last key, and at once by Enter and when the field is emptied. */
  readonly onSearch: (text: string) => void;
  readonly placeholder?: string;
}

export function SearchField({ label, value, onSearch, placeholder }: SearchFieldProps) {
  const [text, setText] = useFieldText(value);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onSearch(text), text === "" ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [text, value, onSearch]);
  return (
    <Field className="search-field" value={text} onChange={setText} onSubmit={onSearch}>
      <Label className="visually-hidden">{label}</Label>
      <Icon name="search" />
      <Input placeholder={placeholder ?? label} spellCheck="false" autoCapitalize="none" autoComplete="off" />
      <Button className="button button-icon search-clear" aria-label="Clear the search">
        <Icon name="close" />
      </Button>
    </Field>
  );
}
