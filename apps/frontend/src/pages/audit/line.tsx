import { Fragment, type ReactNode, useId, useState } from "react";
import { Button } from "react-aria-components";
import { Icon } from "../../design/icon.tsx";
import { Time } from "../../design/text/time-ago.tsx";
import { calledText } from "./called.ts";
import type { AuditEntry } from "./entry-shape.ts";
import { type Names, type Part, textOf } from "./parts.ts";
import { iconOf, labelOf } from "./words.ts";

export interface NamesProps {
  readonly names: Names;
  /** Whether the name of the person is being loaded. */
  readonly isLoading: (userId: string) => boolean;
  readonly onChoosePerson: (userId: string) => void;
}

interface LineProps extends NamesProps {
  readonly entry: AuditEntry;
  readonly parts: readonly Part[];
  /** What it opens to, before the sentence, for screen readers. */
  readonly opens: string;
  readonly children: (sentence: string) => ReactNode;
}

/** A sentence, and what it opens to below it. */
export function Line({ entry, parts, opens, children, ...people }: LineProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const sentence = parts.map((part) => textOf(part, people.names)).join("");
  return (
    <li className="audit-entry">
      <div className="row audit-row">
        <span className="audit-icon" title={labelOf(entry.action)}>
          <Icon name={iconOf(entry.action)} />
        </span>
        <p className="audit-sentence">
          {parts.map((part, index) => (
            <Fragment key={index}>
              {typeof part === "string" ? part : <Name part={part} {...people} />}
            </Fragment>
          ))}
        </p>
        <span className="quiet audit-time">
          <Time at={entry.at} />
        </span>
        <Button
          className="button button-icon audit-more"
          aria-label={`${opens}: ${sentence}`}
          aria-expanded={isOpen}
          aria-controls={id}
          onPress={() => setOpen(!isOpen)}
        >
          <Icon name="down" />
        </Button>
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && children(sentence)}
      </div>
    </li>
  );
}

interface NameProps extends NamesProps {
  readonly part: Exclude<Part, string>;
}

function Name({ part, names, isLoading, onChoosePerson }: NameProps) {
  if (!("userId" in part)) return <bdi className="audit-name">{textOf(part, names)}</bdi>;
  const { userId } = part;
  if (isLoading(userId)) return <span className="skeleton" style={{ width: "9em" }} />;
  const called = names.user(userId);
  const { name, address } = called;
  return (
    <Button
      className="audit-name audit-person-link"
      aria-label={`${calledText(called)}: show everything about them`}
      onPress={() => onChoosePerson(userId)}
    >
      <bdi>{name ?? address}</bdi>
      {name !== null && (
        <span className="audit-address">
          {" ("}
          <bdi>{address}</bdi>)
        </span>
      )}
    </Button>
  );
}
