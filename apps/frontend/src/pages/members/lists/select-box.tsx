import { memo, useEffect } from "react";
import { useSelection } from "./selection.ts";

interface SelectBoxProps {
  /** The row. */
  readonly id: string;
  /** What the row is called. */
  readonly name: string;
}

/** Selects a row. A native box, because hundreds of them have to appear at once. */
export const SelectBox = memo(function SelectBox({ id, name }: SelectBoxProps) {
  const selection = useSelection();
  const isSelected = selection.useHas(id);
  useEffect(() => () => selection.forget(id), [selection, id]);
  return (
    <label className="select-box">
      <input
        type="checkbox"
        data-select={id}
        aria-label={`Select ${name}`}
        checked={isSelected}
        onChange={({ nativeEvent }) =>
          selection.press(id, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
        }
      />
    </label>
  );
});
