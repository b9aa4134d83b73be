import { useState } from "react";
import { Icon } from "../../design/icon.tsx";
import { CopyButton } from "../../design/text/copy-button.tsx";
import { exactTime } from "../../design/text/time-ago.tsx";
import { brand } from "../config/brand.ts";
import { useApp } from "../session/app-context.ts";
import { requestIdOf } from "./error-reason.ts";
import type { AppReason } from "./problems.ts";
import { type Report, reportText, supportLink } from "./report.ts";

export interface ProblemReportProps {
  readonly reason: AppReason;
  /** The error of the failed call. It carries the id of the request. */
  readonly error?: unknown;
}

/** What support needs, in small print: to be read out, copied or sent. */
export function ProblemReport({ reason, error }: ProblemReportProps) {
  const report = useReport(reason, error);
  const { supportUrl } = brand();
  const time = report.at.toISOString();
  const facts = (
    <div className="report">
      <dl className="report-facts">
        <div>
          <dt className="visually-hidden">Reason</dt>
          <dd>
            <code>{reason}</code>
          </dd>
        </div>
        {report.email !== null && (
          <div>
            <dt className="visually-hidden">Address</dt>
            <dd>
              <bdi>{report.email}</bdi>
            </dd>
          </div>
        )}
        <div>
          <dt className="visually-hidden">Time</dt>
          <dd>
            <time dateTime={time}>{exactTime(time)}</time>
          </dd>
        </div>
        {report.requestId !== null && (
          <div>
            <dt>Request</dt>
            <dd>
              <code>{report.requestId}</code>
            </dd>
          </div>
        )}
      </dl>
      <div className="report-actions">
        <CopyButton text={reportText(report)} what="details" isLabelled />
        {supportUrl !== undefined && (
          <a
            className="button button-plain button-small"
            href={supportLink(supportUrl, report)}
            target="_blank"
            rel="noreferrer"
          >
            <Icon name={supportUrl.startsWith("mailto:") ? "mail" : "external"} />
            Contact support
          </a>
        )}
      </div>
    </div>
  );
  // Who has just created an account waits for a mail, and nothing has gone wrong.
  if (reason !== "EMAIL_UNVERIFIED") return facts;
  return (
    <details className="report-details">
      <summary>Details</summary>
      {facts}
    </details>
  );
}

/** Of the first failure for this reason: the details of each retry would change while they are read. */
export function useReport(reason: AppReason, error: unknown): Report {
  const { email } = useApp();
  const [first, setFirst] = useState(() => failure(reason, error));
  const now = first.reason === reason ? first : failure(reason, error);
  if (now !== first) setFirst(now);
  return { ...now, email };
}

function failure(reason: AppReason, error: unknown) {
  return { reason, at: new Date(), requestId: requestIdOf(error) };
}
