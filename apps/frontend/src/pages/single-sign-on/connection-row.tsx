import type { Role } from "@platform-api/client";
import { useRef, useState } from "react";
import { brand } from "../../app/config/brand.ts";
import { EditInPlace } from "../../design/fields/edit-in-place.tsx";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import { Badge } from "../../design/text/badge.tsx";
import { Time } from "../../design/text/time-ago.tsx";
import { nameProblem } from "../../organization/name-problem.ts";
import { type Connection, strategyName } from "./connection/connection.ts";
import { connectionChoices } from "./connection/connection-choices.ts";
import { refusalText } from "./refusal.ts";
import { Refused } from "./step.tsx";

const { Overlay: RemoveConnection } = lazyOverlay(
  async () => (await import("./remove-connection.tsx")).RemoveConnection,
);

interface ConnectionRowProps {
  readonly organizationId: string;
  readonly connection: Connection;
  readonly role: Role;
  /** Why the last change was refused. */
  readonly error: Error | null;
  readonly onTest: () => void;
  readonly onRename: (displayName: string) => void;
  readonly onTurn: (enabled: boolean) => void;
}

export function ConnectionRow(props: ConnectionRowProps) {
  const { organizationId, connection, role, error, onTest, onRename, onTurn } = props;
  const { displayName, strategy, state, testedAt, origin } = connection;
  const [doing, setDoing] = useState<"rename" | "remove" | null>(null);
  const row = useRef<HTMLLIElement>(null);
  const stop = () => {
    setDoing(null);
    row.current?.querySelector<HTMLElement>("[aria-haspopup]")?.focus();
  };
  const choose: Record<string, () => void> = {
    test: onTest,
    rename: () => setDoing("rename"),
    on: () => onTurn(true),
    off: () => onTurn(false),
    remove: () => setDoing("remove"),
  };
  const isOn = state === "enabled";
  return (
    <li ref={row} className="row sso-row">
      <span className="row-text">
        {doing === "rename" ? (
          <EditInPlace
            label={`Name of ${displayName}`}
            value={displayName}
            problemOf={(text) => nameProblem("connection", text)}
            onSave={async (next) => {
              onRename(next);
              return true; // what was refused, the row says
            }}
            onClose={stop}
          />
        ) : (
          <bdi className="row-name">{displayName}</bdi>
        )}
        <span className="quiet">
          {strategyName(strategy)}
          {" · "}
          {testedAt === null ? "never tested" : "tested "}
          {testedAt !== null && <Time at={testedAt} />}
          {origin === "operator" && ` · managed by ${brand().name}`}
        </span>
      </span>
      <span className="sso-row-badges">
        {origin === "operator" && (
          <Badge icon="lock">
            Locked<span className="visually-hidden">: only {brand().name} can change it</span>
          </Badge>
        )}
        <Badge tone={isOn ? "good" : "neutral"} icon={isOn ? "check" : "close"}>
          {isOn ? "On" : "Off"}
        </Badge>
      </span>
      <MenuButton
        className="button button-icon"
        label={`Actions for ${displayName}`}
        placement="bottom end"
        choices={connectionChoices(connection, role)}
        onChoose={(id) => choose[id]?.()}
      >
        <Icon name="dots" />
      </MenuButton>
      {error && <Refused>{refusalText("update", error, [connection])}</Refused>}
      {doing === "remove" && (
        <RemoveConnection organizationId={organizationId} connection={connection} onClose={stop} />
      )}
    </li>
  );
}
