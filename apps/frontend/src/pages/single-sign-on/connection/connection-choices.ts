import type { Role } from "@platform-api/client";
import { brand } from "../../../app/config/brand.ts";
import type { MenuChoice } from "../../../design/overlays/menu-choice.ts";
import type { Connection } from "./connection.ts";

/** What can be done with a connection. What cannot be done says why. */
export function connectionChoices({ state, origin }: Connection, role: Role): readonly MenuChoice[] {
  const isOn = state === "enabled";
  const locked = origin === "operator" ? `Only ${brand().name} can change it` : null;
  const owners = locked ?? (role === "owner" ? null : "Only owners can do this");
  return [
    choice({ id: "test", label: "Test", icon: "external" }, isOn ? null : "Switch it on first"),
    choice({ id: "rename", label: "Rename", icon: "settings" }, locked),
    isOn
      ? choice({ id: "off", label: "Switch off", icon: "close" }, owners)
      : choice({ id: "on", label: "Switch on", icon: "check" }, owners),
    choice({ id: "remove", label: "Remove", icon: "trash", isDangerous: true, isApart: true }, owners),
  ];
}

function choice(usual: MenuChoice, whyNot: string | null): MenuChoice {
  return whyNot === null ? usual : { ...usual, note: whyNot, isDisabled: true };
}
