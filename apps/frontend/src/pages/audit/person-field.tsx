import { usePlatform } from "@platform-api/client/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import { flushSync } from "react-dom";
import { useFieldText } from "../../design/fields/field-text.ts";
import { Icon } from "../../design/icon.tsx";
import { finds } from "../../organization/search.ts";
import { calledOf, calledText } from "./called.ts";
import { ACTORS, meaningOf, nameOfOther } from "./parts.ts";

const REST_MS = 200;
const SHOWN = 8;

export interface PersonFieldProps {
  readonly organizationId: string;
  /** Whose entries are shown, as an actor; empty for anyone. */
  readonly chosen: string;
  /** What the chosen one is called. Null while that is being loaded. */
  readonly name: string | null;
  readonly onChoose: (chosen: string) => void;
}

interface Choice {
  readonly id: string;
  readonly name: string;
  /** Below the name. */
  readonly note?: string;
}

/**
 * Chooses whose entries are shown: a member’s, found by words of the name or the address or the whole user id, or one of
 * the others’.
 */
export function PersonField({ organizationId, chosen, name, onChoose }: PersonFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useFieldText(name ?? "");
  const { isChosen, fitting, choices, isReady } = useChoices(organizationId, { chosen, name, text });
  const setEntered = useEntered(text, isReady, () => fitting[0] && choose(fitting[0].id));
  const choose = (id: string) => {
    setEntered(null);
    setText(choices.find((each) => each.id === id)?.name ?? name ?? "");
    if (id !== chosen) onChoose(id);
  };
  const [isQuiet, setQuiet] = useState(false);
  const clear = () => {
    setEntered(null);
    setText("");
    if (chosen !== "") onChoose("");
    flushSync(() => setQuiet(true)); // the list would hide what is shown now
    input.current?.focus();
  };
  /** Enter takes the first suggestion unless another one is marked, and Escape shows anyone unless it closes the list. */
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape" && isChosen && event.currentTarget.getAttribute("aria-expanded") !== "true")
      clear();
    if (event.key !== "Enter" || hasMarked(event.currentTarget) || isChosen || text.trim() === "") return;
    event.preventDefault();
    event.stopPropagation();
    setEntered(text);
  };
  return (
    <ComboBox
      className="field audit-person"
      items={choices}
      inputValue={text}
      selectedKey={chosen === "" ? null : chosen}
      menuTrigger={isQuiet ? "input" : "focus"}
      allowsEmptyCollection
      onInputChange={(next) => {
        setText(next);
        setEntered(null);
        if (next === "" && chosen !== "") onChoose("");
      }}
      // Also when the field is left or Escape is pressed, with what is chosen already.
      onSelectionChange={(key) => (key === null ? setText(name ?? "") : choose(String(key)))}
      onBlur={() => {
        setEntered(null);
        setQuiet(false);
      }}
    >
      <Label>Person</Label>
      <div className="audit-person-box">
        <Input
          ref={input}
          onKeyDownCapture={press}
          onClick={({ currentTarget }) => isChosen && currentTarget.select()} // typing replaces it
          data-search
          placeholder={chosen === "" ? "Anyone (type to search)" : ""}
          spellCheck="false"
          autoCapitalize="none"
          autoComplete="off"
        />
        {chosen === "" && text === "" ? (
          <Icon name="down" />
        ) : (
          <Button slot={null} className="button button-icon" aria-label="Show anyone" onPress={clear}>
            <Icon name="close" />
          </Button>
        )}
      </div>
      <Suggestions />
    </ComboBox>
  );
}

function Suggestions() {
  return (
    <Popover className="popover" offset={4}>
      <ListBox<Choice>
        className="menu"
        renderEmptyState={() => (
          <p className="menu-header">
            No member’s name or address has a word that starts with this. The domains of your organization are
            not searched.
          </p>
        )}
      >
        {(choice) => (
          <ListBoxItem id={choice.id} textValue={choice.name} className="menu-item">
            <Icon name={choice.id.startsWith("user:") ? "user" : "settings"} />
            <span className="menu-text">
              <span className="menu-name">{choice.name}</span>
              {choice.note !== undefined && <span className="menu-note">{choice.note}</span>}
            </span>
          </ListBoxItem>
        )}
      </ListBox>
    </Popover>
  );
}

/** Whether another one than the chosen is marked in the list, which opens with that one, whatever was typed. */
function hasMarked(input: HTMLInputElement): boolean {
  const marked = document.getElementById(input.getAttribute("aria-activedescendant") ?? "");
  return marked !== null && marked.ariaSelected !== "true";
}

interface Field extends Pick<PersonFieldProps, "chosen" | "name"> {
  readonly text: string;
}

/** Who can be chosen for the text of the field. */
function useChoices(organizationId: string, { chosen, name, text }: Field) {
  const isChosen = chosen !== "" && text === name;
  const { members, isReady } = useMembers(organizationId, isChosen ? "" : text);
  const others = ACTORS.map((id): Choice => ({ id, name: nameOfOther(id), note: meaningOf(id) }));
  const fitting = [...members, ...others.filter((other) => isChosen || fits(other, text))];
  const isListed = chosen === "" || fitting.some(({ id }) => id === chosen);
  // The one that is chosen has to be among them; after those that fit.
  const note = fitting.length === 0 && isReady ? "Chosen now. Nobody else was found." : "Chosen now";
  const choices = isListed || name === null ? fitting : [...fitting, { id: chosen, name, note }];
  return { isChosen, fitting, choices, isReady };
}

/**
 * Calls back as soon as the suggestions for an entered text are there, while it is still in the field.
 * @returns a function that notes the text with which Enter came
 */
function useEntered(text: string, isReady: boolean, onReady: () => void) {
  const [entered, setEntered] = useState<string | null>(null);
  const ready = useEffectEvent(() => {
    setEntered(null);
    onReady();
  });
  const isTaken = entered !== null && entered === text && isReady;
  useEffect(() => {
    if (isTaken) ready();
  }, [isTaken]);
  return setEntered;
}

function fits({ name }: Choice, text: string): boolean {
  return name.toLowerCase().includes(text.trim().toLowerCase());
}

/** The first members whom a search finds, once typing rests. */
function useMembers(organizationId: string, text: string) {
  const [rested, setRested] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setRested(text.trim()), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, isPending, isPlaceholderData } = useQuery(
    usePlatform().org.members.list.queryOptions(
      { organizationId, ...(rested !== "" && { query: rested }), limit: SHOWN },
      { placeholderData: keepPreviousData },
    ),
  );
  const members = (data?.items ?? [])
    .filter((member) => finds(text, member))
    .map((member) => {
      const { userId, status } = member;
      const name = calledText(calledOf(member));
      return { id: `user:${userId}`, name, ...(status === "removed" && { note: "Removed" }) };
    });
  return { members, isReady: rested === text.trim() && !isPending && !isPlaceholderData };
}
