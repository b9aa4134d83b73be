import { usePlatformClient } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "react-aria-components";
import { errorReason } from "../../../app/problems/error-reason.ts";
import { pathOf } from "../../../app/routing/path.ts";
import { announce } from "../../../design/announcer.tsx";
import { PendingButton } from "../../../design/fields/pending-button.tsx";
import { Icon } from "../../../design/icon.tsx";
import { Badge } from "../../../design/text/badge.tsx";
import { refusalOf } from "../../../organization/member-refusal.ts";
import type { Domain } from "../../../organization/trusted-domains.ts";
import { type RecentRefusal, whoText } from "./refusal-texts.ts";

interface RefusalCureProps {
  readonly organizationId: string;
  readonly refusal: RecentRefusal;
  /** Of the organization. */
  readonly domains: readonly Domain[];
}

/** What can be done about a refusal, beside it. */
export function RefusalCure({ organizationId, refusal, domains }: RefusalCureProps) {
  const { cure, domain, email, userId } = refusal;
  if (cure === "none-needed")
    return (
      <Badge tone="good" icon="check">
        Settled
      </Badge>
    );
  if (cure === "verify-domain" && domain !== null)
    return (
      <Link
        className="button button-small"
        href={`${pathOf(organizationId, "domains")}?domain=${encodeURIComponent(domain)}`}
      >
        {domains.some((each) => each.domain === domain) ? "See the record of" : "Add and verify"} {domain}
      </Link>
    );
  if (cure === "restore" && userId !== null)
    return <CureButton {...RESTORE} who={whoText(refusal)} by={{ organizationId, userId }} />;
  if (cure === "invite" && email !== null)
    return <CureButton {...INVITE} who={email} by={{ organizationId, email }} />;
  return null;
}

type Client = ReturnType<typeof usePlatformClient>;

interface Cure<By> {
  readonly label: string;
  readonly done: string;
  /** @returns why it was not done; null if it was */
  readonly send: (client: Client, by: By) => Promise<string | null>;
}

const RESTORE: Cure<{ organizationId: string; userId: string }> = {
  label: "Restore",
  done: "Restored",
  async send({ org }, by) {
    await org.members.restore.mutate(by);
    return null;
  },
};

const NOT_INVITED: Readonly<Record<string, string>> = {
  "already-member": "They are a member already.",
  removed: "They were removed. Restore them on the page Members.",
};

const INVITE: Cure<{ organizationId: string; email: string }> = {
  label: "Invite",
  done: "Invited",
  async send({ org }, { organizationId, email }) {
    const [answer] = await org.invitations.create.mutate({ organizationId, emails: [email], role: "member" });
    if (answer?.outcome === "invited" || answer?.outcome === "renewed") return null;
    return NOT_INVITED[answer?.outcome ?? ""] ?? "They could not be invited.";
  },
};

interface CureButtonProps<By> extends Cure<By> {
  readonly who: string;
  readonly by: By;
}

function CureButton<By>({ label, done, send, who, by }: CureButtonProps<By>) {
  const client = usePlatformClient();
  const curing = useMutation({
    mutationFn: () => send(client, by),
    networkMode: "always",
    onSuccess: (problem) => problem === null && announce(`${done}: ${who}`),
  });
  const failure = curing.error ? failureText(label, curing.error) : (curing.data ?? null);
  useEffect(() => (failure === null ? undefined : announce(failure)), [failure]);
  if (curing.data === null)
    return (
      <span ref={takeFocus} tabIndex={-1}>
        <Badge tone="good" icon="check">
          {done}
        </Badge>
      </span>
    );
  return (
    <>
      <PendingButton
        className="button button-small"
        aria-label={`${label} ${who}`}
        isPending={curing.isPending}
        onPress={() => curing.mutate()}
      >
        {label}
      </PendingButton>
      {failure !== null && (
        <p className="sso-refused">
          <Icon name="alert" size={14} />
          {failure}
        </p>
      )}
    </>
  );
}

/** If the button that has just gone had the focus. */
function takeFocus(element: HTMLElement | null): void {
  if (document.activeElement === document.body) element?.focus();
}

function failureText(label: string, error: Error): string {
  const reason = errorReason(error);
  if (reason === "CONFLICT") return "Someone else changed this meanwhile. Load the page again.";
  const { text, canRepeat } = refusalOf(reason);
  return `${label} did not work. ${text}${canRepeat ? " Try again in a moment." : ""}`;
}
