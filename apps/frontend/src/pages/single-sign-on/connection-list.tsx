import type { Role } from "@platform-api/client";
import { useOptimisticRows, usePlatform, usePlatformClient } from "@platform-api/client/react";
import type { ReactNode } from "react";
import { showToast } from "../../design/overlays/toast.tsx";
import type { Connection } from "./connection/connection.ts";
import { ConnectionRow } from "./connection-row.tsx";
import type { ConnectionTest } from "./use-connection-test.ts";

interface ConnectionListProps {
  readonly organizationId: string;
  readonly connections: readonly Connection[];
  readonly role: Role;
  readonly test: ConnectionTest;
  /** Below the rows: a further connection. */
  readonly children: ReactNode;
}

/** The connections that are set up. */
export function ConnectionList({ organizationId, connections, role, test, children }: ConnectionListProps) {
  const client = usePlatformClient();
  const queryKey = usePlatform().org.connections.list.queryKey({ organizationId });
  const { rows, errors, change } = useOptimisticRows<Connection>({
    queryKey,
    rows: connections,
    idOf: ({ name }) => name,
    compare: (one, other) => (one.name < other.name ? -1 : 1),
  });
  const setUp = rows.filter(({ state }) => state !== "pending");
  if (setUp.length === 0) return null;
  const update = (name: string, changes: { displayName?: string; enabled?: boolean }) => {
    const { displayName, enabled } = changes;
    const state = enabled === undefined ? {} : ({ state: enabled ? "enabled" : "disabled" } as const);
    return change({
      id: name,
      apply: (row) => ({ ...row, ...(displayName !== undefined && { displayName }), ...state }),
      send: () => client.org.connections.update.mutate({ organizationId, name, ...changes }),
    });
  };
  const turn = ({ name, displayName }: Connection, enabled: boolean) => {
    const undo = { label: "Undo", onPress: () => void update(name, { enabled: !enabled }).catch(() => {}) };
    update(name, { enabled }).then(
      () => enabled || showToast({ text: `Nobody can sign in through ${displayName} now.`, action: undo }),
      () => {}, // the row says why
    );
  };
  return (
    <section aria-labelledby="sso-connections">
      <h2 id="sso-connections" className="section-title">
        Connections
      </h2>
      <ul className="card rows">
        {setUp.map((connection) => (
          <ConnectionRow
            key={connection.name}
            organizationId={organizationId}
            connection={connection}
            role={role}
            error={errors.get(connection.name) ?? null}
            onTest={() => test.start(connection)}
            onRename={(displayName) => void update(connection.name, { displayName }).catch(() => {})}
            onTurn={(enabled) => turn(connection, enabled)}
          />
        ))}
        {children}
      </ul>
    </section>
  );
}
