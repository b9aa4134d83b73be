import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { errorReason } from "../../app/problems/error-reason.ts";
import { FailureNotice } from "../../app/problems/notice.tsx";
import { announce } from "../../design/announcer.tsx";
import { Icon } from "../../design/icon.tsx";
import { showToast } from "../../design/overlays/toast.tsx";
import { download, type ExportOptions, exportEntries, exportName } from "./export-entries.ts";

export interface Export {
  /** Null unless an export is in progress: the number of entries so far. */
  readonly count: number | null;
  readonly error: unknown;
  start(): void;
  cancel(): void;
  dismiss(): void;
}

/** Exports what `load` loads. Another list, by another `key`, is another export. */
export function useExport(organizationId: string, key: string, load: ExportOptions["load"]): Export {
  const [count, setCount] = useState<number | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  const cancel = () => {
    running.current?.abort();
    running.current = null;
    setCount(null);
  };
  // An export of what is no longer shown ends.
  useEffect(() => cancel, [key]);
  const start = async () => {
    cancel();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    setFailure(null);
    setCount(0);
    announce("Exporting");
    const onProgress = (next: number) => running.current === controller && setCount(next);
    try {
      const lines = await exportEntries({ load, onProgress, signal });
      if (signal.aborted) return;
      const name = exportName(organizationId, new Date());
      download(name, lines);
      showToast({ text: `Exported ${entries(lines.length)} to ${name}` });
      cancel();
    } catch (error) {
      if (signal.aborted) return;
      cancel();
      setFailure(error);
    }
  };
  return { count, error: failure, start, cancel, dismiss: () => setFailure(null) };
}

export function ExportButton({ count, start, cancel }: Export) {
  const isRunning = count !== null;
  return (
    <div className="audit-export">
      {isRunning && (
        <span className="quiet audit-progress">
          {count === 0 ? "Exporting…" : `${entries(count)} so far`}
        </span>
      )}
      {/* One button, so that the focus stays. */}
      <Button
        className="button"
        onPress={() => {
          if (!isRunning) return start();
          cancel();
          announce("The export was cancelled");
        }}
      >
        <Icon name={isRunning ? "close" : "download"} />
        {isRunning ? "Cancel export" : "Export"}
      </Button>
    </div>
  );
}

export function ExportFailure({ error, start, dismiss }: Export) {
  if (error === null) return null;
  return (
    <FailureNotice
      title="The export did not finish"
      hint="Nothing was saved. Export again."
      again="Export again"
      reason={errorReason(error)}
      error={error}
      onTryNow={start}
      onDismiss={dismiss}
    />
  );
}

function entries(count: number): string {
  return count === 1 ? "1 entry" : `${count.toLocaleString("en")} entries`;
}
