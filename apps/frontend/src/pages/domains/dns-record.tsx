import type { ReactNode } from "react";
import { Icon } from "../../design/icon.tsx";
import { CopyButton } from "../../design/text/copy-button.tsx";
import { type DnsRecord, registeredOf } from "./domain.ts";
import { recordLetter } from "./record-letter.ts";

export interface DnsRecordProps {
  readonly domain: string;
  readonly record: DnsRecord;
}

/** The record that proves a domain, cell by cell, and a letter to the person who can enter it. */
export function DnsRecordCard({ domain, record }: DnsRecordProps) {
  const { type, host, name, value } = record;
  const registered = registeredOf(record);
  const letter = recordLetter(domain, record);
  return (
    <>
      <dl className="dns-record">
        <Cell label="Type" text={type} domain={domain} />
        <Cell label="Name" text={name} domain={domain}>
          {registered !== "" && (
            <>
              <CellText label="short name" text={host} domain={domain} />
              <span className="dns-note">if your provider adds {registered} itself</span>
            </>
          )}
        </Cell>
        <Cell label="Value" text={value} domain={domain} />
      </dl>
      <div className="dns-send">
        <a className="button button-small" href={letter.href}>
          <Icon name="mail" />
          Send these to whoever runs your DNS {/* plain-words: quoted */}
        </a>
        <CopyButton text={letter.text} what={`whole record of ${domain}`} />
      </div>
    </>
  );
}

interface CellProps {
  readonly label: string;
  readonly text: string;
  readonly domain: string;
  readonly children?: ReactNode;
}

function Cell({ label, text, domain, children }: CellProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <CellText label={label.toLowerCase()} text={text} domain={domain} />
        {children}
      </dd>
    </div>
  );
}

function CellText({ label, text, domain }: CellProps) {
  return (
    <span className="dns-text">
      <code>{text}</code>
      <CopyButton text={text} what={`${label} of ${domain}`} />
    </span>
  );
}
