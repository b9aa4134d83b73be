import { Input, Label, TextField } from "react-aria-components";
import { useFieldText } from "../../design/fields/field-text.ts";
import { Icon } from "../../design/icon.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import type { MenuChoice } from "../../design/overlays/menu-choice.ts";
import { isDay } from "./filter.ts";
import { PersonField, type PersonFieldProps } from "./person-field.tsx";
import { ACTION_GROUPS, labelOf, parseAction } from "./words.ts";

const ANY = "any";

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
}

/** What the entries are filtered by. Each part is in the address of the page. */
export function Filters({ action, since, until, ...person }: FiltersProps) {
  const known = parseAction(action.value);
  const label = known === null ? "Any action" : labelOf(known);
  return (
    <search className="audit-filters" aria-label="Filter the entries">
      <PersonField {...person} />
      <div className="field audit-action-field">
        <span className="react-aria-Label" aria-hidden="true">
          Action
        </span>
        <MenuButton
          className="audit-action"
          label={`Action: ${label}`}
          selected={known ?? ANY}
          choices={ACTION_CHOICES}
          onChoose={(id) => action.set(id === ANY ? "" : id)}
        >
          <span className="ellipsis">{label}</span>
          <Icon name="down" />
        </MenuButton>
      </div>
      <DayField label="From" {...since} />
      <DayField label="To" {...until} />
    </search>
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
