import { CopyableId } from "../../design/text/facts.tsx";
import { detailsOf } from "./details.ts";
import type { AuditEntry } from "./entry-shape.ts";
import { Line, type NamesProps } from "./line.tsx";
import { inOrder, partsOfRow, type Row } from "./rows.ts";
import { partsOf } from "./words.ts";

interface EntryProps extends NamesProps {
  readonly entry: AuditEntry;
}

interface EntryRowProps extends NamesProps {
  readonly row: Row;
  /** Whether more of it may follow that was not loaded. */
  readonly isCut: boolean;
}

/** One entry, or those that belong together under one sentence. */
export function EntryRow({ row, isCut, ...people }: EntryRowProps) {
  const { first, entries } = row;
  if (entries.length === 1) return <Entry entry={first} {...people} />;
  const count = entries.length.toLocaleString("en");
  return (
    <Line entry={first} parts={partsOfRow(row, isCut)} opens={`Show all ${count}`} {...people}>
      {(sentence) => (
        <ol className="audit-batch" aria-label={sentence}>
          {inOrder(row, people.names).map((entry) => (
            <Entry key={entry.id} entry={entry} {...people} />
          ))}
        </ol>
      )}
    </Line>
  );
}

/** One entry: a sentence, and its exact details below it. */
function Entry({ entry, ...people }: EntryProps) {
  return (
    <Line entry={entry} parts={partsOf(entry)} opens="Details" {...people}>
      {() => <Details entry={entry} names={people.names} />}
    </Line>
  );
}

function Details({ entry, names }: Pick<EntryProps, "entry" | "names">) {
  return (
    <dl className="facts audit-details">
      {detailsOf(entry, names).map(({ name, value, isId, note }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {note !== undefined && <bdi className="audit-note">{note}</bdi>}
            {isId ? <CopyableId id={value} what={name.toLowerCase()} /> : <bdi>{value}</bdi>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
