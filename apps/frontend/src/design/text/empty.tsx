import type { ReactNode } from "react";
import { Icon, type IconName } from "../icon.tsx";

export interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  /** What the user can do about it: a sentence, and the button for it. */
  readonly children: ReactNode;
}

/** In place of a list without rows. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={20} />
      </span>
      <h3 className="empty-title">{title}</h3>
      {children}
    </div>
  );
}
