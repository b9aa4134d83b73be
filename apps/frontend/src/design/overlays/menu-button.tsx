import { type ReactNode, startTransition, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { lazyOverlay } from "./lazy-overlay.tsx";
import type { MenuProps } from "./menu-choice.ts";

export interface MenuButtonProps extends MenuProps {
  readonly className?: string;
  readonly isDisabled?: boolean;
  readonly children: ReactNode;
}

const { Overlay: MenuPopover, preload } = lazyOverlay(
  async () => (await import("./menu-popover.tsx")).MenuPopover,
);

/** A button with a menu. The menu's code is loaded when the user comes near the button. */
export function MenuButton({
  label,
  className = "button",
  isDisabled = false,
  children,
  ...menu
}: MenuButtonProps) {
  const trigger = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        ref={trigger}
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        isDisabled={isDisabled}
        onHoverStart={preload}
        onFocus={preload}
        onPress={() => startTransition(() => setOpen(true))}
      >
        {children}
      </Button>
      {isOpen && <MenuPopover {...menu} label={label} trigger={trigger} onClose={() => setOpen(false)} />}
    </>
  );
}
