import type { ReactNode } from "react";
import type { IconName } from "../icon.tsx";

export interface MenuChoice {
  readonly id: string;
  readonly label: string;
  /** Below the label, such as what the choice means, or why it is disabled. */
  readonly note?: string;
  readonly icon?: IconName;
  /** In place of an icon. */
  readonly picture?: ReactNode;
  /** Goes to another page of the app, or opens another site in a new tab. */
  readonly href?: string;
  readonly isDisabled?: boolean;
  readonly isDangerous?: boolean;
  /** Begins a group below a line. */
  readonly isApart?: boolean;
}

/** What a menu shows. */
export interface MenuProps {
  /** What the menu is for. Read aloud, so it names the row: "Role of ben@acme.example". */
  readonly label: string;
  readonly choices: readonly MenuChoice[];
  /** The present choice of a menu that chooses one, "" if it has none. Omit it for a menu of actions. */
  readonly selected?: string;
  readonly onChoose: (id: string) => void;
  /** Above the choices. */
  readonly header?: ReactNode;
  readonly placement?: "bottom start" | "bottom end";
}
