import { type ClipboardEvent, type KeyboardEvent, type RefObject, useId } from "react";
import { Button, Input, Label, Tag, TagGroup, TagList, Text, TextField } from "react-aria-components";
import { announce } from "../../../design/announcer.tsx";
import { Icon } from "../../../design/icon.tsx";
import type { Draft } from "./draft.ts";
import { type Invitee, isAddress, withInvitees } from "./invitees.ts";

interface AddressFieldProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  /** What is wrong with the addresses. */
  readonly problem: string | null;
  readonly input: RefObject<HTMLInputElement | null>;
}

/** The people to invite, each as a chip, and the field that takes more of them. */
export function AddressField({ draft, onChange, problem, input }: AddressFieldProps) {
  const { invitees, text } = draft;
  const problemId = useId();
  const { add, take, edit, paste, press, remove } = editing(draft, onChange, input);
  return (
    <TextField
      className="field"
      type="text"
      autoFocus
      aria-describedby={problemId}
      value={text}
      onChange={edit}
      onBlur={() => text.trim() !== "" && add(text)}
    >
      <Label>E-mail addresses</Label>
      <div className="address-box">
        {invitees.length > 0 && (
          <TagGroup aria-label="People to invite" onRemove={remove}>
            <TagList className="address-chips">
              {invitees.map((each) => (
                <Chip key={each.id} invitee={each} onEdit={() => take(each.id)} />
              ))}
            </TagList>
          </TagGroup>
        )}
        <Input
          ref={input}
          className="address-input"
          placeholder={invitees.length === 0 ? "jane@company.com, ben@company.com" : "Add more"}
          spellCheck="false"
          autoCapitalize="none"
          autoComplete="off"
          onPaste={paste}
          onKeyDown={press}
        />
      </div>
      <Text slot="description" className="address-hint">
        Paste as many as you like: lines, commas, or “Name &lt;address&gt;”.
      </Text>
      <p id={problemId} className="address-problem" role="status">
        {problem}
      </p>
    </TextField>
  );
}

/** What the user does with the field and its chips. */
function editing(draft: Draft, onChange: AddressFieldProps["onChange"], input: AddressFieldProps["input"]) {
  const { invitees, text } = draft;
  const add = (more: string, rest = "") =>
    onChange({ ...draft, invitees: withInvitees(invitees, more), text: rest });
  const take = (id: string) => {
    const edited = invitees.find((each) => each.id === id);
    if (edited === undefined) return;
    const others = withInvitees(
      invitees.filter((each) => each.id !== id),
      text,
    );
    onChange({ ...draft, invitees: others, text: edited.text });
    announce(`Editing ${edited.text}`);
    input.current?.focus();
  };
  const edit = (next: string) => {
    const isEnded = /[,;\n\t]\s*$/.test(next) || (/\s$/.test(next) && isAddress(next));
    const isOpen = /<[^>]*$/.test(next) || next.split('"').length % 2 === 0;
    if (isEnded && !isOpen) add(next);
    else onChange({ ...draft, text: next });
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData("text");
    if (text.trim() !== "" || !/[@\n]/.test(pasted)) return;
    event.preventDefault();
    add(pasted);
  };
  const press = (event: KeyboardEvent) => {
    const last = invitees.at(-1);
    if (event.key === "Enter" && text.trim() !== "") {
      event.preventDefault(); // the next one sends
      add(text);
    } else if (event.key === "Backspace" && text === "" && last !== undefined) {
      event.preventDefault();
      take(last.id);
    }
  };
  const remove = (ids: ReadonlySet<unknown>) => {
    const left = invitees.filter(({ id }) => !ids.has(id));
    onChange({ ...draft, invitees: left });
    if (left.length === 0) input.current?.focus();
  };
  return { add, take, edit, paste, press, remove };
}

function Chip({ invitee, onEdit }: { readonly invitee: Invitee; readonly onEdit: () => void }) {
  const { id, text, email } = invitee;
  const isBad = email === null;
  return (
    <Tag
      id={id}
      textValue={isBad ? `${text}, not an e-mail address` : text}
      className="address-chip"
      data-bad={isBad || undefined}
      onAction={onEdit}
    >
      {isBad && <Icon name="alert" size={12} />}
      <bdi className="ellipsis">{text}</bdi>
      {isBad && <span className="visually-hidden">, not an e-mail address</span>}
      {/* By keyboard the chip itself is removed, with Delete. */}
      <Button slot="remove" className="address-remove" excludeFromTabOrder>
        <Icon name="close" size={12} />
      </Button>
    </Tag>
  );
}
