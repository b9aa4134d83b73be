import type { Member } from "@platform-api/client";
import { Button, type PressEvent } from "react-aria-components";
import { isStrayClick, noteRowGone } from "../../../design/fields/double-click.ts";
import { ModalDialog } from "../../../design/overlays/dialog.tsx";
import { nameOf, personOf } from "./member-texts.ts";
import { useSelection } from "./selection.ts";

interface SelectedDialogProps {
  readonly members: readonly Member[];
  /** Of invitations. */
  readonly emails: readonly string[];
  /** What gets the focus when nobody is left. */
  readonly heir: () => HTMLElement | null;
  readonly onClose: () => void;
}

/** Who is selected, also those whom the page does not show, and a way to leave each of them out. */
export function SelectedDialog({ members, emails, heir, onClose }: SelectedDialogProps) {
  const selection = useSelection();
  const rows = [
    ...members.map((member) => {
      const { userId, name, email } = member;
      const [title, note] = name === null ? [nameOf(member)] : [name, email];
      return { id: userId, title, note, label: personOf(member) };
    }),
    ...emails.map((email) => ({ id: email, title: email, note: "Invitation", label: email })),
  ].sort((a, b) => a.title.localeCompare(b.title));
  return (
    <ModalDialog title={`${rows.length} selected`} heir={heir} onClose={onClose}>
      <p className="quiet">Deselect those who should stay as they are.</p>
      <ul className="selected-list" ref={keepHeight}>
        {rows.map(({ id, title, note, label }) => (
          <li key={id}>
            <span className="menu-text">
              <bdi>{title}</bdi>
              {note && <bdi className="menu-note">{note}</bdi>}
            </span>
            <Button
              className="button button-small"
              aria-label={`Deselect ${label}`}
              onPress={(press) => {
                if (isStrayClick(press)) return;
                noteRowGone();
                focusNeighbour(press);
                selection.deselect(id);
              }}
            >
              Deselect
            </Button>
          </li>
        ))}
      </ul>
    </ModalDialog>
  );
}

/** The button of the next row, or else of the one before. */
function focusNeighbour({ target }: PressEvent): void {
  const row = target.closest("li");
  const neighbour = row?.nextElementSibling ?? row?.previousElementSibling;
  neighbour?.querySelector("button")?.focus();
}

/** The dialog stays where it is when a row goes: the button of the next one comes below the finger. */
function keepHeight(list: HTMLElement | null): void {
  if (list) list.style.minHeight = `${list.offsetHeight}px`;
}
