import { usePlatform, usePlatformClient } from "@platform-api/client/react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useApp } from "../../app/session/app-context.ts";
import { announce } from "../../design/announcer.tsx";
import { openTestWindow, signInForTest } from "../../sign-in/test-sign-in.ts";
import type { Connection } from "./connection/connection.ts";
import { ladderOf } from "./connection/ladder.ts";
import { type Trial, trialText } from "./connection/trial.ts";
import { refusalText } from "./refusal.ts";
import { routeThrough, type TestAddress } from "./test-address.ts";

export interface ConnectionTest {
  /** Null before the first one. */
  readonly trial: Trial | null;
  /** Call it in the press of a button, because it opens a window. */
  start(connection: Connection): void;
  cancel(): void;
}

/** Tests connections, one at a time. A new test, and leaving the page, end the one before. */
export function useConnectionTest(organizationId: string, address: TestAddress | null): ConnectionTest {
  const { config } = useApp();
  const client = usePlatformClient();
  const platform = usePlatform();
  const queryClient = useQueryClient();
  const [trial, setTrial] = useState<Trial | null>(null);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function test(connection: Connection, popup: Window, signal: AbortSignal): Promise<Trial> {
    const { name } = connection;
    if (address === null) return { kind: "notOffered", connection };
    const discovery = await client.discover.byEmail.mutate({ email: address.email }, { signal });
    const route = routeThrough(name, address, discovery);
    if (route === null) return { kind: "notOffered", connection };
    const onClosed = () => show({ kind: "closed", connection });
    const end = await signInForTest({ config, popup, route, signal, onClosed });
    if (end.kind !== "signedIn") return { ...end, connection };
    setTrial({ kind: "checking", connection });
    const input = { organizationId, name, token: end.token };
    const { passed, steps } = await client.org.connections.test.mutate(input, { signal });
    const queryKey = platform.org.connections.list.queryKey({ organizationId });
    if (passed) await queryClient.invalidateQueries({ queryKey });
    return { kind: "judged", passed, rungs: ladderOf(steps), checks: steps.length, connection };
  }

  function show(next: Trial): void {
    setTrial(next);
    const { state, text } = trialText(next);
    announce(`${state}. ${text}`);
  }

  return {
    trial,
    start(connection) {
      running.current?.abort();
      const popup = openTestWindow(connection.displayName);
      if (popup === null) return show({ kind: "blocked", connection });
      running.current = new AbortController();
      const { signal } = running.current;
      show({ kind: "signingIn", connection });
      test(connection, popup, signal).then(
        (next) => {
          popup.close();
          if (!signal.aborted) show(next);
        },
        (error: Error) => {
          popup.close();
          if (!signal.aborted)
            show({ kind: "failed", text: refusalText("test", error, [connection]), connection });
        },
      );
    },
    cancel() {
      running.current?.abort();
      setTrial(null);
    },
  };
}
