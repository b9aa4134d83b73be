import { usePlatformClient } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Time } from "../../design/text/time-ago.tsx";
import { errorReason } from "./error-reason.ts";
import type { AppReason } from "./problems.ts";

/** An organization that has removed the user. */
export interface RemovedFrom {
  readonly id: string;
  readonly name: string;
}

interface AskToBeRestoredProps {
  /** Null for that of the token, which the server does not name to who was removed. */
  readonly organization: RemovedFrom | null;
  /** Whether the button has to say which organization it asks. */
  readonly isNamed: boolean;
  /** What the user knows the organization as, if that is known. */
  readonly name: string | undefined;
}

/** Lets a removed member ask those who can restore them, once a week. */
export function AskToBeRestored({ organization, isNamed, name }: AskToBeRestoredProps) {
  const client = usePlatformClient();
  const asking = useMutation({
    mutationFn: () =>
      client.org.askToBeRestored.mutate(organization === null ? {} : { organizationId: organization.id }),
    networkMode: "always",
    retry: false,
  });
  const label = isNamed && organization !== null ? `Ask ${organization.name} to restore you` : LABEL;
  return (
    <div className="verification">
      <p className="verification-text" role="status">
        {asking.data && (
          <>
            You asked the administrators{name && ` of ${name}`} <Time at={asking.data.askedAt} />: they get a
            mail. This page lets you in when one of them restores you. You can ask again{" "}
            <Time at={asking.data.againAt} />.
          </>
        )}
        {asking.error && failureText(errorReason(asking.error))}
      </p>
      {!asking.data && (
        <PendingButton
          className={`button ${isNamed ? "" : "button-primary"}`}
          isPending={asking.isPending}
          onPress={() => asking.mutate()}
        >
          {label}
        </PendingButton>
      )}
    </div>
  );
}

const LABEL = "Ask to be restored";

function failureText(reason: AppReason): string {
  if (reason === "NOT_A_MEMBER") return "You left by yourself. An administrator can invite you.";
  if (reason === "CONFLICT") return "You are a member again. Try now.";
  return "The administrators were not asked. Try again in a moment.";
}
