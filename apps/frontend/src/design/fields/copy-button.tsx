import { useState } from "react";
import { Button } from "react-aria-components";
import { announce } from "../announcer.tsx";
import { Icon } from "../icon.tsx";

const SHOWN_MS = 2_000;

export interface CopyButtonProps {
  readonly text: string;
  /** "Copy <what>" is the name of the button. */
  readonly what: string;
  /** Shows the name beside the icon. */
  readonly isLabelled?: boolean;
}

export function CopyButton({ text, what, isLabelled = false }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return announce("Your browser blocked copying");
    }
    announce(`Copied the ${what}`);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <Button
      className={isLabelled ? "button button-plain button-small" : "button button-icon"}
      aria-label={`Copy ${what}`}
      onPress={copy}
    >
      <Icon name={isCopied ? "check" : "copy"} />
      {isLabelled && `Copy ${what}`}
    </Button>
  );
}
