import { Button } from "react-aria-components";
import { announce } from "../../design/announcer.tsx";
import { Icon } from "../../design/icon.tsx";
import { errorReason } from "../problems/error-reason.ts";
import { FailureNotice } from "../problems/notice.tsx";
import type { Export } from "./use-export.ts";
import "./files.css";

interface ExportButtonProps {
  readonly exporting: Export;
  /** Such as "12 entries". */
  readonly amount: (count: number) => string;
  readonly onStart: () => void;
  readonly label?: string;
}

/** One button that also cancels, so that the focus stays. */
export function ExportButton({ exporting, amount, onStart, label = "Export as CSV" }: ExportButtonProps) {
  const { count, cancel } = exporting;
  const isRunning = count !== null;
  return (
    <div className="export">
      {isRunning && (
        <span className="quiet export-progress">
          {count === 0 ? "Exporting…" : `${amount(count)} so far`}
        </span>
      )}
      <Button
        className="button"
        onPress={() => {
          if (!isRunning) return onStart();
          cancel();
          announce("The export was cancelled");
        }}
      >
        <Icon name={isRunning ? "close" : "download"} />
        {isRunning ? "Cancel export" : label}
      </Button>
    </div>
  );
}

export function ExportFailure({ error, again, dismiss }: Export) {
  if (error === null) return null;
  return (
    <FailureNotice
      title="The export did not finish"
      hint="Nothing was saved. Export again."
      again="Export again"
      reason={errorReason(error)}
      error={error}
      onTryNow={again}
      onDismiss={dismiss}
    />
  );
}
