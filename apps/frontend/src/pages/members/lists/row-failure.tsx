import { useEffect } from "react";
import { Button, type PressEvent } from "react-aria-components";
import { announce } from "../../../design/announcer.tsx";
import { Icon } from "../../../design/icon.tsx";

interface RowFailureProps {
  /** What the row is called. */
  readonly name: string;
  readonly text: string;
  /** Omit it where repeating does not help. */
  readonly onRepeat?: (press: PressEvent) => void;
  readonly onDismiss: () => void;
}

/** Why the last change of a row failed. */
export function RowFailure({ name, text, onRepeat, onDismiss }: RowFailureProps) {
  useEffect(() => announce(`${name}: ${text}`), [name, text]);
  return (
    <p className="member-failure">
      <Icon name="alert" size={14} />
      <span>{text}</span>
      {onRepeat && (
        <Button
          className="button button-plain button-small"
          aria-label={`Try again for ${name}`}
          onPress={onRepeat}
        >
          Try again
        </Button>
      )}
      <Button
        className="button button-icon"
        aria-label={`Dismiss the message about ${name}`}
        onPress={onDismiss}
      >
        <Icon name="close" size={14} />
      </Button>
    </p>
  );
}
