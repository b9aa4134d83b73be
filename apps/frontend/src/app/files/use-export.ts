import { useEffect, useRef, useState } from "react";
import { announce } from "../../design/announcer.tsx";
import { showToast } from "../../design/overlays/toast.tsx";
import type { ToastContent } from "../../design/overlays/toast-content.ts";
import { download, type MadeFile } from "./download.ts";
import type { LoadAllOptions } from "./load-all.ts";

export interface Exported extends MadeFile {
  /** What is said when it is saved. */
  readonly toast: ToastContent;
}

/** Makes a file of what the page shows. @throws the reason of the signal when it aborts */
export type Exporter = (options: Pick<LoadAllOptions<unknown>, "onProgress" | "signal">) => Promise<Exported>;

export interface Export {
  /** Null unless an export is in progress: the number of rows so far. */
  readonly count: number | null;
  readonly error: unknown;
  start(make: Exporter): void;
  /** Starts the last one again. */
  again(): void;
  cancel(): void;
  dismiss(): void;
}

/** Exports of a list. Another list, by another `key`, is another export. */
export function useExport(key: string): Export {
  const [count, setCount] = useState<number | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  const last = useRef<Exporter | null>(null);
  const cancel = () => {
    running.current?.abort();
    running.current = null;
    setCount(null);
  };
  // An export of what is no longer shown ends.
  useEffect(() => cancel, [key]);
  const start = async (make: Exporter) => {
    cancel();
    const controller = new AbortController();
    running.current = controller;
    last.current = make;
    const { signal } = controller;
    setFailure(null);
    setCount(0);
    announce("Exporting");
    const onProgress = (next: number) => running.current === controller && setCount(next);
    try {
      const { toast, ...file } = await make({ onProgress, signal });
      if (signal.aborted) return;
      download(file);
      showToast(toast);
      cancel();
    } catch (error) {
      if (signal.aborted) return;
      cancel();
      setFailure(error);
    }
  };
  const again = () => last.current && start(last.current);
  return { count, error: failure, start, again, cancel, dismiss: () => setFailure(null) };
}
