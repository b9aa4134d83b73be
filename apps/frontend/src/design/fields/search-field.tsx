import { type KeyboardEvent, useEffect, useRef } from "react";
import { Button } from "react-aria-components";
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
  /** The arrow down: goes to what was found. */
  readonly onDown?: () => void;
}

/** A native field: that of React Aria costs 4 kB, most of it the name of its button in other languages. */
export function SearchField({ label, value, onSearch, placeholder, onDown }: SearchFieldProps) {
  const [text, setText] = useFieldText(value);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onSearch(text), text === "" ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [text, value, onSearch]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") onSearch(text);
    if (event.key === "ArrowDown" && onDown !== undefined) {
      event.preventDefault();
      onDown();
    }
    if (event.key !== "Escape" || text === "") return;
    event.preventDefault();
    setText("");
  };
  return (
    <div className="search-field">
      <Icon name="search" />
      <input
        ref={field}
        className="react-aria-Input"
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        spellCheck="false"
        autoCapitalize="none"
        autoComplete="off"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
      />
      {text !== "" && (
        <Button
          className="button button-icon search-clear"
          aria-label="Clear the search"
          excludeFromTabOrder
          preventFocusOnPress
          onPress={() => {
            setText("");
            field.current?.focus();
          }}
        >
          <Icon name="close" />
        </Button>
      )}
    </div>
  );
}
