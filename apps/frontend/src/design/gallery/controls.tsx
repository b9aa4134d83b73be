import { useState } from "react";
import { Button, FieldError, Input, Label, TextField } from "react-aria-components";
import { EditInPlace } from "../fields/edit-in-place.tsx";
import { PendingButton } from "../fields/pending-button.tsx";
import { SearchField } from "../fields/search-field.tsx";
import { Icon } from "../icon.tsx";
import { MenuButton } from "../overlays/menu-button.tsx";
import type { MenuChoice } from "../overlays/menu-choice.ts";
import { CopyButton } from "../text/copy-button.tsx";
import { Chapter, InBothThemes, Specimen, type Theme } from "./specimen.tsx";

export function Controls() {
  return (
    <>
      <Chapter
        title="Button"
        about="A verb. One primary button a view. A button that cannot be pressed says why beside it. Point at one, press it and reach it by Tab for its other states."
      >
        <InBothThemes>{() => <Buttons />}</InBothThemes>
      </Chapter>
      <Chapter title="Field" about="A label above, an error below in words. What was typed is never lost.">
        <InBothThemes>{(theme) => <Fields theme={theme} />}</InBothThemes>
      </Chapter>
      <Chapter
        title="Menu"
        about="MenuButton, for a choice or for actions. Its code is loaded when the pointer or the focus comes near."
      >
        <InBothThemes>{(theme) => <Menus theme={theme} />}</InBothThemes>
      </Chapter>
    </>
  );
}

const KINDS = [
  ["button", "default"],
  ["button button-primary", "primary"],
  ["button button-plain", "plain"],
  ["button button-danger", "danger"],
] as const;

function Buttons() {
  return (
    <div className="specimens">
      {KINDS.map(([className, name]) => (
        <Specimen key={name} name={name}>
          <Button className={className}>Add domain</Button>
        </Specimen>
      ))}
      {KINDS.map(([className, name]) => (
        <Specimen key={name} name={`${name}, pending`}>
          <PendingButton className={className} isPending>
            Add domain
          </PendingButton>
        </Specimen>
      ))}
      <Specimen name="disabled">
        <Button className="button" aria-disabled="true">
          Add domain
        </Button>
      </Specimen>
      <Specimen name="small">
        <Button className="button button-small">Check now</Button>
      </Specimen>
      <Specimen name="with an icon">
        <Button className="button">
          <Icon name="plus" />
          Add domain
        </Button>
      </Specimen>
      <Specimen name="with an icon, pending">
        <PendingButton className="button" isPending>
          <Icon name="plus" />
          Add domain
        </PendingButton>
      </Specimen>
      <Specimen name="icon alone">
        <Button className="button button-icon" aria-label="Settings">
          <Icon name="settings" />
        </Button>
      </Specimen>
      <Specimen name="CopyButton">
        <CopyButton text="4b50c8" what="colour" />
      </Specimen>
      <Specimen name="CopyButton, isLabelled">
        <CopyButton text="4b50c8" what="colour" isLabelled />
      </Specimen>
      <Specimen name="wide, with a long text">
        <Button className="button button-wide">
          Send an invitation to everyone who has not answered yet
        </Button>
      </Specimen>
    </div>
  );
}

const refused = () => Promise.resolve(false);

function Fields({ theme }: { readonly theme: Theme }) {
  const [query, setQuery] = useState("jane");
  const [isRenaming, setRenaming] = useState(false);
  return (
    <div className="specimens specimens-wide">
      <Specimen name="empty, with a placeholder">
        <TextField className="field">
          <Label>Domain</Label>
          <Input placeholder="acme.example" />
        </TextField>
      </Specimen>
      <Specimen name="with an error">
        <TextField className="field" isInvalid defaultValue="gmail.com" validationBehavior="aria">
          <Label>Domain</Label>
          <Input />
          <FieldError>gmail.com is a public mail domain: its addresses belong to no organization.</FieldError>
        </TextField>
      </Specimen>
      <Specimen name="SearchField, empty">
        <SearchField
          label={`Find a member, ${theme}`}
          placeholder="Find a member"
          value=""
          onSearch={() => {}}
        />
      </Specimen>
      <Specimen name="SearchField, with a text">
        <SearchField label={`Find a run, ${theme}`} value={query} onSearch={setQuery} />
      </Specimen>
      <Specimen name="EditInPlace">
        <EditInPlace label={`Name, ${theme}`} value="Acme" onSave={refused} />
      </Specimen>
      <Specimen name="EditInPlace, isReadOnly">
        <EditInPlace label={`Fixed name, ${theme}`} value="Acme" isReadOnly onSave={refused} />
      </Specimen>
      <Specimen name="EditInPlace, onClose">
        <Button className="button button-small" onPress={() => setRenaming(true)}>
          Rename Acme
        </Button>
        {isRenaming && (
          <EditInPlace
            label={`New name, ${theme}`}
            value="Acme"
            onSave={refused}
            onClose={() => setRenaming(false)}
          />
        )}
      </Specimen>
    </div>
  );
}

const ROLES: readonly MenuChoice[] = [
  { id: "owner", label: "Owner", note: "You are not an owner yourself", isDisabled: true },
  { id: "admin", label: "Admin", note: "Also manages people and domains" },
  { id: "member", label: "Member", note: "Starts runs" },
];
const ACTIONS: readonly MenuChoice[] = [
  { id: "mail", label: "Send again", icon: "mail" },
  { id: "copy", label: "Copy link", icon: "copy" },
  { id: "remove", label: "Remove", icon: "trash", isApart: true, isDangerous: true },
];

function Menus({ theme }: { readonly theme: Theme }) {
  const [role, setRole] = useState("admin");
  const name = ROLES.find(({ id }) => id === role)?.label;
  return (
    <div className="specimens">
      <Specimen name="a choice">
        <MenuButton label={`Role: ${name}, ${theme}`} choices={ROLES} selected={role} onChoose={setRole}>
          {name}
          <Icon name="down" />
        </MenuButton>
      </Specimen>
      <Specimen name="actions">
        <MenuButton
          className="button button-icon"
          label={`Actions, ${theme}`}
          header="ben@acme.example"
          choices={ACTIONS}
          onChoose={() => {}}
        >
          <Icon name="dots" />
        </MenuButton>
      </Specimen>
      <Specimen name="disabled">
        <MenuButton
          label={`Role of the last one: Owner, ${theme}`}
          choices={ROLES}
          isDisabled
          onChoose={() => {}}
        >
          Owner
          <Icon name="down" />
        </MenuButton>
      </Specimen>
    </div>
  );
}
