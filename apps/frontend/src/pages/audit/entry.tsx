import { Fragment, type ReactNode, useId, useState } from "react";
import { Button } from "react-aria-components";
import { Icon } from "../../design/icon.tsx";
import { CopyableId } from "../../design/text/facts.tsx";
import { Time } from "../../design/text/time-ago.tsx";
import { detailsOf } from "./details.ts";
import type { AuditEntry } from "./entry-shape.ts";
import { type Names, type Part, textOf } from "./parts.ts";
import { iconOf, labelOf, partsOf, sentenceOf } from "./words.ts";

export interface EntryProps {
  readonly entry: AuditEntry;
  readonly names: Names;
  /** Whether the name of the person is being loaded. */
  readonly isLoading: (userId: string) => boolean;
  readonly onChoosePerson: (userId: string) => void;
}

/** One entry: a sentence, and its exact details below it. */
export function Entry({ entry, names, isLoading, onChoosePerson }: EntryProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const sentence = sentenceOf(entry, names);
  return (
    <li className="audit-entry">
      <div className="row audit-row">
        <span className="audit-icon" title={labelOf(entry.action)}>
          <Icon name={iconOf(entry.action)} />
        </span>
        <p className="audit-sentence">
          {partsOf(entry).map((part, index) => (
            <Fragment key={index}>{pieceOf(part)}</Fragment>
          ))}
        </p>
        <span className="quiet audit-time">
          <Time at={entry.at} />
        </span>
        <Button
          className="button button-icon audit-more"
          aria-label={`Details: ${sentence}`}
          aria-expanded={isOpen}
          aria-controls={id}
          onPress={() => setOpen(!isOpen)}
        >
          <Icon name="down" />
        </Button>
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && <Details entry={entry} names={names} />}
      </div>
    </li>
  );

  function pieceOf(part: Part): ReactNode {
    if (typeof part === "string") return part;
    const text = textOf(part, names);
    if (!("userId" in part)) return <bdi className="audit-name">{text}</bdi>;
    const { userId } = part;
    if (isLoading(userId)) return <span className="skeleton" style={{ width: "9em" }} />;
    return (
      <Button
        className="audit-name audit-person-link"
        aria-label={`${text}: show everything about them`}
        onPress={() => onChoosePerson(userId)}
      >
        <bdi>{text}</bdi>
      </Button>
    );
  }
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
