import { type ReactNode, useId } from "react";
import { Button } from "react-aria-components";
import { Icon, type IconName } from "../icon.tsx";

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

export interface BadgeProps {
  readonly tone?: Tone;
  /** A state is an icon and a word, never a colour alone. */
  readonly icon?: IconName;
  /** What the word means: shown while the pointer or the focus is on the badge, which a press gives it. */
  readonly meaning?: string;
  readonly children: ReactNode;
}

/** A short fact beside a name: "You", "Outside", "Expired". */
export function Badge({ tone = "neutral", icon, meaning, children }: BadgeProps) {
  const tip = useId();
  const content = (
    <>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </>
  );
  if (meaning === undefined) {
    return (
      <span className="badge" data-tone={tone}>
        {content}
      </span>
    );
  }
  return (
    <span className="has-tip">
      <Button className="badge" data-tone={tone} aria-describedby={tip}>
        {content}
      </Button>
      <span id={tip} className="tip" aria-hidden="true">
        {meaning}
      </span>
    </span>
  );
}
