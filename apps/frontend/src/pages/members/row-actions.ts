import type { Member } from "@platform-api/client";
import type { PressEvent } from "react-aria-components";
import type { Intent } from "./member-intents.ts";

/** What a row can ask for. The same object for all rows, always, so that rows are not rendered again. */
export interface RowActions {
  /** The press of a button that a row which slides under the pointer may have. */
  ask(member: Member, intent: Intent, press?: PressEvent): void;
  askToLeave(): void;
  dismiss(userId: string): void;
}
