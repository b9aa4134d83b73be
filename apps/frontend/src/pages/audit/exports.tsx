import { usePlatformClient } from "@platform-api/client/react";
import { useState } from "react";
import { Button } from "react-aria-components";
import { MOST_ROWS } from "../../app/files/csv.ts";
import { ExportButton, ExportFailure } from "../../app/files/export-button.tsx";
import { type Exporter, useExport } from "../../app/files/use-export.ts";
import { exactTime } from "../../design/text/time-ago.tsx";
import { entryCount, exportEntries } from "./export-entries.ts";
import { exportTable } from "./export-table.ts";
import type { AuditFilter } from "./filter.ts";
import { loadNames } from "./load-names.ts";
import { useLoad } from "./use-entries.ts";

const PAGE = 100;

interface Exports {
  readonly table: ReturnType<typeof useExport>;
  readonly json: ReturnType<typeof useExport>;
  readonly exportTable: () => void;
  readonly exportJson: () => void;
  /** Where the last table was full: exports the entries before it, and the time until which they are. */
  readonly before: { readonly until: string; readonly start: () => void } | null;
}

/** @param about what the files are named after, before their time */
export function useExports(organizationId: string, filter: AuditFilter, about: readonly string[]): Exports {
  const client = usePlatformClient();
  const key = JSON.stringify([organizationId, filter]);
  const load = useLoad(organizationId, filter);
  const [table, json] = [useExport(key), useExport(key)];
  const [cut, setCut] = useState({ key, until: "" });
  const until = cut.key === key ? cut.until : "";
  const tableUntil =
    (end: string): Exporter =>
    (options) =>
      exportTable({
        ...options,
        about: [...about, ...(end === "" ? [] : [`until-${end}`])],
        load: (at, signal) => load({ ...(end !== "" && { until: end }), ...at, limit: PAGE }, signal),
        findNames: (entries, signal) => loadNames(client, { organizationId, entries }, signal),
        onCut: (next) => setCut({ key, until: next }),
      });
  const start = (end: string) => {
    setCut({ key, until: "" });
    table.start(tableUntil(end));
  };
  return {
    table,
    json,
    exportTable: () => start(""),
    exportJson: () =>
      json.start((options) =>
        exportEntries({
          ...options,
          about,
          load: (at, signal) => load({ ...at, limit: PAGE }, signal),
        }),
      ),
    before: until === "" ? null : { until, start: () => start(until) },
  };
}

interface ExportButtonsProps extends Exports {
  /** Else they only keep their place, so that nothing moves when they come. */
  readonly isShown: boolean;
}

export function ExportButtons({ table, json, exportTable, exportJson, isShown }: ExportButtonsProps) {
  return (
    <div className="audit-exports" style={{ visibility: isShown ? "visible" : "hidden" }}>
      <ExportButton exporting={table} amount={entryCount} onStart={exportTable} />
      <ExportButton exporting={json} amount={entryCount} onStart={exportJson} label="Export as JSON" />
    </div>
  );
}

/** What became of an export, where there is more to say than that it was saved. */
export function ExportNotices({ table, json, before }: Exports) {
  return (
    <>
      <ExportFailure {...table} />
      <ExportFailure {...json} />
      {before !== null && (
        <p className="quiet audit-explanation" role="status">
          A file has at most {entryCount(MOST_ROWS)}. There are older ones, until {exactTime(before.until)}.{" "}
          <Button className="audit-person-link" onPress={before.start}>
            Export those
          </Button>
        </p>
      )}
    </>
  );
}
