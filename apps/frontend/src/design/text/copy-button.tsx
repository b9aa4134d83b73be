import { useState } from "react";
import { Button } from "react-aria-components";
import { announce } from "../announcer.tsx";
import { Icon } from "../icon.tsx";
import { showToast } from "../overlays/toast.tsx";

const SHOWN_MS = 2_000;
const BLOCKED = "Copying was refused by the browser. Select this text and copy it by hand:";
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
    const isCopied = await copyText(text);
    if (isCopied) announce(`Copied the ${what}`);
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
      {isLabelled && `Copy ${what}`}
    </Button>
  );
}

/** Takes away the text that is shown to be copied by hand. */
let closeShown = () => {};

/** @returns whether it was copied. A text that the browser refuses to copy is shown, because it may be nowhere on the page. */
export async function copyText(text: string): Promise<boolean> {
  closeShown();
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    closeShown = showToast({ text: BLOCKED, detail: text });
    return false;
  }
}
