import type { Role } from "@platform-api/client";
import type { Invitee } from "./invitees.ts";

/** What the dialog has been told so far. */
export interface Draft {
  readonly invitees: readonly Invitee[];
  /** In the field, and not yet one of the people. */
  readonly text: string;
  readonly role: Role;
}

export const NO_DRAFT: Draft = { invitees: [], text: "", role: "member" };
