import { useState } from "react";
import { Button } from "react-aria-components";
import { announce } from "./announcer.tsx";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 2_000;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
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
    <Button className="button button-icon" aria-label={`Copy ${what}`} onPress={copy}>
      <Icon name={isCopied ? "check" : "copy"} />
    </Button>
  );
}
