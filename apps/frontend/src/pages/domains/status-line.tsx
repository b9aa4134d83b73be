import type { ReactNode } from "react";
import { Link } from "react-aria-components";
import { errorReason, problemFor } from "../../app/problems/error-reason.ts";
import { pathOf } from "../../app/routing/path.ts";
import { Icon } from "../../design/icon.tsx";
import { InlineCode } from "./inline-code.tsx";
import { isAboutDomain, refusalText } from "./input.ts";
import type { Joining, Status } from "./status.ts";

interface StatusLineProps {
  readonly status: Status;
  readonly children?: ReactNode;
}

export function StatusLine({ status: { icon, tone, text, hint, seen = [] }, children }: StatusLineProps) {
  return (
    <p className="domain-line" data-tone={tone}>
      <Icon name={icon} />
      <span>
        <span className="domain-what">
          <InlineCode text={text} />
        </span>
        {hint !== undefined && `${/[.!?]$/.test(text) ? "" : "."} ${hint}`}
        {children}
        {seen.length > 0 && (
          <span className="dns-seen">
            Found:
            {seen.map((value) => (
              <bdi key={value}>
                <code>{value}</code>
              </bdi>
            ))}
          </span>
        )}
      </span>
    </p>
  );
}

interface JoiningHintProps {
  readonly organizationId: string;
  readonly joining: Joining | null;
}

/** How people become members, and where to change it. */
export function JoiningHint({ organizationId, joining }: JoiningHintProps) {
  if (joining === null) return null;
  const { text, link } = joining;
  return (
    <>
      {" "}
      {text}{" "}
      {link && (
        <Link className="domain-link" href={pathOf(organizationId, link.page)}>
          {link.text}
        </Link>
      )}
    </>
  );
}

interface CheckErrorProps {
  readonly error: unknown;
  readonly domain: string;
}

/** Why the last check came to nothing. What was seen before stays above it. */
export function CheckError({ error, domain }: CheckErrorProps) {
  if (error === null) return null;
  const reason = errorReason(error);
  const refusal = isAboutDomain(reason) ? refusalText(error, domain) : null;
  const { title, next, watch } = problemFor(reason);
  const hint = refusal ?? (watch === undefined ? `${title}. ${next}` : "We try again automatically.");
  return <StatusLine status={{ icon: "cloud", tone: "warn", text: "The last check failed.", hint }} />;
}
