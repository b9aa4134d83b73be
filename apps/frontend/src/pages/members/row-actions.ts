import type { Member } from "@platform-api/client";
import type { Intent } from "./member-intent.ts";

/** What a row can ask for. The same object for all rows, always, so that rows are not rendered again. */
export interface RowActions {
  ask(member: Member, intent: Intent): void;
  askToLeave(): void;
  dismiss(userId: string): void;
}
