import type { ReactNode } from "react";
import { SearchField } from "../../design/fields/search-field.tsx";
import { Icon } from "../../design/icon.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import { ROLE_NAMES, ROLES } from "../../organization/role-text.ts";
import type { MemberView } from "./member-view.ts";

const ROLE_CHOICES = [
  { id: "", label: "All roles" },
  ...ROLES.map((role) => ({ id: role, label: `${ROLE_NAMES[role]}s` })),
];
const STATUSES = [
  { id: "", label: "Active" },
  { id: "removed", label: "Removed", note: "Who can be restored" },
] as const;

interface MemberFiltersProps {
  readonly view: MemberView;
  readonly query: string;
  readonly onSearch: (query: string) => void;
  readonly onRole: (role: string) => void;
  readonly onStatus: (status: string) => void;
  /** After the filters. */
  readonly children: ReactNode;
}

export function MemberFilters(props: MemberFiltersProps) {
  const { view, query, onSearch, onRole, onStatus, children } = props;
  const status = view.status === "removed" ? "removed" : "";
  return (
    <div className="member-filters">
      <SearchField
        label="Search members and invitations"
        placeholder="Name or address"
        value={query}
        onSearch={onSearch}
        onDown={focusFirstBox}
      />
      <Filter label="Role" choices={ROLE_CHOICES} selected={view.role ?? ""} onChoose={onRole} />
      <Filter
        label="Status"
        choices={STATUSES}
        selected={status}
        onChoose={onStatus}
        placement="bottom end"
      />
      {children}
    </div>
  );
}

interface FilterProps {
  readonly label: string;
  readonly choices: readonly { readonly id: string; readonly label: string; readonly note?: string }[];
  readonly selected: string;
  readonly onChoose: (id: string) => void;
  /** The menu of the last one stays inside the content. */
  readonly placement?: "bottom start" | "bottom end";
}

/** The empty id is a value that a menu cannot have. */
const ALL = "all";

function Filter({ label, choices, selected, onChoose, placement = "bottom start" }: FilterProps) {
  const name = choices.find(({ id }) => id === selected)?.label ?? "";
  return (
    <MenuButton
      label={`${label}: ${name}`}
      choices={choices.map((choice) => ({ ...choice, id: choice.id || ALL }))}
      selected={selected || ALL}
      placement={placement}
      onChoose={(id) => onChoose(id === ALL ? "" : id)}
    >
      {name}
      <Icon name="down" size={12} />
    </MenuButton>
  );
}

/** Of the rows, in whichever list the first one is. */
function focusFirstBox(): void {
  document.querySelector<HTMLElement>("[data-select]")?.focus();
}
