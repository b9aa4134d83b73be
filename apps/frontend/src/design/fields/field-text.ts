import { useState } from "react";

/** The text of a field. A change of the value from elsewhere, such as the back button, replaces it. */
export function useFieldText(value: string) {
  const [text, setText] = useState(value);
  const [last, setLast] = useState(value);
  if (value !== last) {
    setLast(value);
    setText(value);
  }
  return [text, setText] as const;
}
