import { type RefObject, useEffect, useRef, useState } from "react";
import { Header, Menu, MenuItem, MenuSection, Popover } from "react-aria-components";
import { createPortal } from "react-dom";
import { Icon } from "../icon.tsx";
import type { MenuChoice, MenuProps } from "./menu-choice.ts";
import { heightOfWhole } from "./menu-height.ts";
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
  const popover = useRef<HTMLElement>(null);
  const maxHeight = useWholeItems(popover);
  return (
    <>
      {createPortal(<Underlay onClose={onClose} />, landmark ?? document.body)}
      <Popover
        shouldCloseOnInteractOutside={isNoUnderlay}
        ref={popover}
        {...(maxHeight !== null && { maxHeight })}
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

/** The height at which a popover that scrolls ends between two items. Null while it does not scroll. */
function useWholeItems(popover: RefObject<HTMLElement | null>): number | null {
  const [height, setHeight] = useState<number | null>(null);
  useEffect(() => {
    const element = popover.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (element.scrollHeight <= element.clientHeight) return;
      const { top } = element.getBoundingClientRect();
      const items = [...element.querySelectorAll("[role^=menuitem]")];
      const bottoms = items.map((item) => item.getBoundingClientRect().bottom - top + element.scrollTop);
      setHeight(heightOfWhole(bottoms, element.offsetHeight));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [popover]);
  return height;
}

function groupsOf(choices: readonly MenuChoice[]): readonly (readonly MenuChoice[])[] {
  const groups: MenuChoice[][] = [[]];
  for (const choice of choices) {
    if (choice.isApart) groups.push([]);
    groups.at(-1)?.push(choice);
  }
  return groups.filter((group) => group.length > 0);
}
