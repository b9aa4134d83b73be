import type { RefObject } from "react";
import { Header, Menu, MenuItem, MenuSection, Popover } from "react-aria-components";
import { createPortal } from "react-dom";
import { Icon } from "../icon.tsx";
import type { MenuChoice, MenuProps } from "./menu-choice.ts";
import { useIsOpen } from "./open-overlays.ts";

interface MenuPopoverProps extends MenuProps {
  readonly trigger: RefObject<HTMLButtonElement | null>;
  readonly onClose: () => void;
}

export function MenuPopover(props: MenuPopoverProps) {
  const { label, choices, selected, onChoose, header, placement = "bottom start" } = props;
  const { trigger, onClose } = props;
  const single = selected !== undefined && { selectionMode: "single" as const, selectedKeys: [selected] };
  const groups = groupsOf(choices);
  // Within the landmark of the button, where screen readers expect it. The page behind it is not made inert, which would
  // give every element of a long list a new style.
  const landmark = trigger.current?.closest("main, header");
  useIsOpen();
  return (
    <>
      {createPortal(<Underlay onClose={onClose} />, landmark ?? document.body)}
      <Popover
        shouldCloseOnInteractOutside={isNoUnderlay}
        className="popover"
        trigger="MenuTrigger"
        isNonModal
        {...(landmark && { UNSTABLE_portalContainer: landmark })}
        placement={placement}
        triggerRef={trigger}
        isOpen
        onOpenChange={(isOpen) => isOpen || onClose()}
      >
        <Menu
          {...single}
          className="menu"
          aria-label={label}
          autoFocus="first"
          disabledKeys={choices.filter(({ isDisabled }) => isDisabled).map(({ id }) => id)}
          onAction={(key) => onChoose(String(key))}
          onClose={onClose}
        >
          {groups.length === 1 && header === undefined
            ? choices.map((choice) => <Choice key={choice.id} choice={choice} />)
            : groups.map((group, index) => (
                <MenuSection key={group[0]?.id} className={index === 0 ? "" : "menu-foot"}>
                  {index === 0 && header !== undefined && <Header className="menu-header">{header}</Header>}
                  {group.map((choice) => (
                    <Choice key={choice.id} choice={choice} />
                  ))}
                </MenuSection>
              ))}
        </Menu>
      </Popover>
    </>
  );
}

const UNDERLAY = "menu-underlay";

/** A press beside the menu closes it, and does nothing else: it may meet a button that the user does not mean. */
function Underlay({ onClose }: Pick<MenuPopoverProps, "onClose">) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing but the way out, which Escape is on the keyboard
    <div
      className={UNDERLAY}
      role="presentation"
      onMouseDown={(event) => event.preventDefault()} // the focus stays until the press has ended here
      onClick={onClose}
    />
  );
}

/** The underlay closes the menu by itself, when the press is over. */
function isNoUnderlay(element: Element): boolean {
  return !element.classList.contains(UNDERLAY);
}

function Choice({ choice }: { readonly choice: MenuChoice }) {
  const { id, label, note, icon, picture, href, isDangerous } = choice;
  return (
    <MenuItem
      id={id}
      textValue={label}
      className={isDangerous ? "menu-item menu-item-danger" : "menu-item"}
      {...(href !== undefined && { href })}
      {...(href !== undefined && !href.startsWith("/") && { target: "_blank", rel: "noreferrer" })}
    >
      {picture ?? (icon && <Icon name={icon} />)}
      <span className="menu-text">
        <span className="menu-name">{label}</span>
        {note !== undefined && <span className="menu-note">{note}</span>}
      </span>
      <span className="menu-check">
        <Icon name="check" />
      </span>
    </MenuItem>
  );
}

function groupsOf(choices: readonly MenuChoice[]): readonly (readonly MenuChoice[])[] {
  const groups: MenuChoice[][] = [[]];
  for (const choice of choices) {
    if (choice.isApart) groups.push([]);
    groups.at(-1)?.push(choice);
  }
  return groups.filter((group) => group.length > 0);
}
