import { useEffect, useRef, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import { useFieldText } from "../../design/fields/field-text.ts";
import { Icon } from "../../design/icon.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import type { MenuChoice, MenuProps } from "../../design/overlays/menu-choice.ts";
import { firstDay, isDay, PERIODS, periodOf } from "./filter.ts";
import { PersonField, type PersonFieldProps } from "./person-field.tsx";
import { ACTION_GROUPS, labelOf, parseAction } from "./words.ts";

const ANY = "any";
const CUSTOM = { id: "custom", label: "Choose dates", isApart: true };

const ACTION_CHOICES: readonly MenuChoice[] = [
  { id: ANY, label: "Any action" },
  ...ACTION_GROUPS.flatMap((group) =>
    group.map((action, index) => ({ id: action, label: labelOf(action), isApart: index === 0 })),
  ),
];

export interface Parameter {
  readonly value: string;
  readonly set: (value: string) => void;
}

export interface FiltersProps extends PersonFieldProps {
  readonly action: Parameter;
  readonly since: Parameter;
  readonly until: Parameter;
  /** Whether it comes in place of another one that was cleared. Then it takes the focus from the button that did so. */
  readonly wasCleared: boolean;
}

/** What the entries are filtered by. Each part is in the address of the page. */
export function Filters({ action, since, until, wasCleared, ...person }: FiltersProps) {
  const filters = useRef<HTMLElement>(null);
  useEffect(() => {
    if (wasCleared) filters.current?.focus();
  }, [wasCleared]);
  const known = parseAction(action.value);
  const label = known === null ? "Any action" : labelOf(known);
  return (
    <search ref={filters} tabIndex={-1} className="audit-filters" aria-label="Filter the entries">
      <PersonField {...person} />
      <FilterMenu
        name="Action"
        label={label}
        selected={known ?? ANY}
        choices={ACTION_CHOICES}
        onChoose={(id) => action.set(id === ANY ? "" : id)}
      />
      <Period since={since} until={until} />
    </search>
  );
}

/** One control for the usual periods. The fields of other days come when they are asked for: each is four stops for Tab. */
function Period({ since, until }: Pick<FiltersProps, "since" | "until">) {
  const now = new Date();
  const period = periodOf({ since: since.value, until: until.value }, now);
  const [isEdited, setEdited] = useState(false);
  const isCustom = isEdited || period === null;
  const { id: selected, label } = isCustom ? CUSTOM : period;
  const choose = (id: string) => {
    const chosen = PERIODS.find((each) => each.id === id);
    setEdited(chosen === undefined);
    if (chosen === undefined) return;
    since.set(firstDay(chosen.days, now));
    until.set("");
  };
  const edited = ({ value, set }: Parameter) => ({
    value,
    set(next: string) {
      setEdited(true); // the fields stay, whatever is typed
      set(next);
    },
  });
  return (
    <>
      <FilterMenu
        name="Period"
        label={label}
        selected={selected}
        choices={[...PERIODS, CUSTOM]}
        onChoose={choose}
      />
      {isCustom && (
        <div className="audit-days">
          <DayField label="From" {...edited(since)} />
          <DayField label="To" {...edited(until)} />
        </div>
      )}
    </>
  );
}

interface FilterMenuProps extends Pick<MenuProps, "selected" | "choices" | "onChoose"> {
  readonly name: string;
  /** What is chosen. */
  readonly label: string;
}

function FilterMenu({ name, label, ...menu }: FilterMenuProps) {
  return (
    <div className="field">
      <span className="react-aria-Label" aria-hidden="true">
        {name}
      </span>
      <MenuButton className="audit-menu" label={`${name}: ${label}`} {...menu}>
        <span className="ellipsis">{label}</span>
        <Icon name="down" />
      </MenuButton>
    </div>
  );
}

function DayField({ label, value, set }: Parameter & { readonly label: string }) {
  const [text, setText] = useFieldText(value);
  return (
    <TextField
      className={text === "" ? "field audit-day quiet" : "field audit-day"}
      type="date"
      value={text}
      onChange={(next) => {
        setText(next);
        if (next === "" || isDay(next)) set(next);
      }}
    >
      <Label>{label}</Label>
      <Input />
    </TextField>
  );
}
