import { useState } from "react";
import { Button } from "react-aria-components";
import { announce } from "../announcer.tsx";
import { Icon } from "../icon.tsx";

const SHOWN_MS = 2_000;
const BLOCKED = "Your browser blocked copying";
const ICONS = { copied: "check", blocked: "alert" } as const;

export interface CopyButtonProps {
  readonly text: string;
  /** "Copy <what>" is the name of the button. */
  readonly what: string;
  /** Shows the name beside the icon. */
  readonly isLabelled?: boolean;
}

export function CopyButton({ text, what, isLabelled = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "blocked" | null>(null);
  const copy = async () => {
    const isCopied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    announce(isCopied ? `Copied the ${what}` : BLOCKED);
    setOutcome(isCopied ? "copied" : "blocked");
    setTimeout(() => setOutcome(null), SHOWN_MS);
  };
  return (
    <Button
      className={isLabelled ? "button button-plain button-small" : "button button-icon"}
      aria-label={`Copy ${what}`}
      onPress={copy}
    >
      <Icon name={outcome === null ? "copy" : ICONS[outcome]} />
      {isLabelled && (outcome === "blocked" ? BLOCKED : `Copy ${what}`)}
    </Button>
  );
}
