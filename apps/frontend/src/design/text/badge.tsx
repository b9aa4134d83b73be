import type { ReactNode } from "react";
import { Icon, type IconName } from "../icon.tsx";

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

export interface BadgeProps {
  readonly tone?: Tone;
  /** A state is an icon and a word, never a colour alone. */
  readonly icon?: IconName;
  readonly children: ReactNode;
}

/** A short fact beside a name: "You", "Outside", "Expired". */
export function Badge({ tone = "neutral", icon, children }: BadgeProps) {
  return (
    <span className="badge" data-tone={tone}>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}
