import { usePlatform } from "@platform-api/client/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { errorReason, isOutage } from "../../app/problems/error-reason.ts";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { Badge } from "../../design/text/badge.tsx";
import { type Connection, waitingText } from "./connection/connection.ts";
import { focusStep } from "./focus-step.ts";
import { refusalText } from "./refusal.ts";
import { Refused } from "./step.tsx";
import { type SetUpLink, useBegin, useSetUpLink, useSetUpState } from "./use-set-up.ts";

interface PendingSetUpProps {
  readonly organizationId: string;
  readonly pending: Connection;
  readonly isOwner: boolean;
}

/** A set-up that is done in another tab, with its state as it happens. */
export function PendingSetUp({ organizationId, pending, isOwner }: PendingSetUpProps) {
  const { connection, error } = useSetUpState(organizationId, pending);
  const link = useSetUpLink(organizationId, pending.name);
  const beginning = useBegin(organizationId);
  const removing = useRemoveSetUp(organizationId);
  const { text, isWrong } = waitingText(connection.waitingFor);
  const isSilent = error !== null && isOutage(errorReason(error));
  const failure = beginning.error ?? removing.error;
  return (
    <div className="sso-set-up" data-wrong={isWrong || undefined}>
      <p className="sso-set-up-head">
        <bdi className="row-name">{connection.displayName}</bdi>
        <Badge tone={isWrong ? "bad" : "accent"} icon={isWrong ? "alert" : "clock"}>
          {isWrong ? "Needs a change" : "Being set up"}
        </Badge>
      </p>
      <p role="status">{isSilent ? "The sign-in service does not answer. Asking again." : text}</p>
      {link && <Where link={link} />}
      {!link && isOwner && (
        <p className="sso-note">
          The link to the set-up was shown once. If you have closed its tab, start again.
        </p>
      )}
      {isOwner && (
        <div className="sso-actions">
          <PendingButton
            className={`button button-small ${isWrong ? "button-primary" : ""}`}
            isPending={beginning.isPending}
            onPress={() => beginning.begin(connection.displayName, connection.name)}
          >
            Start again
          </PendingButton>
          <PendingButton
            className="button button-small button-plain"
            aria-label={`Remove the set-up of ${connection.displayName}`}
            isPending={removing.isPending}
            onPress={() => removing.mutate(connection)}
          >
            Remove
          </PendingButton>
        </div>
      )}
      {failure && (
        <Refused>{refusalText(beginning.error ? "connect" : "remove", failure, [connection])}</Refused>
      )}
    </div>
  );
}

const clock = new Intl.DateTimeFormat("en", { timeStyle: "short" });

function Where({ link: { url, expiresAt, isBlocked } }: { readonly link: SetUpLink }) {
  if (Date.parse(expiresAt) <= Date.now()) {
    return <p className="sso-note">The link has expired. If its tab is closed, start again.</p>;
  }
  return (
    <p className="sso-note">
      {isBlocked && "Your browser blocked the new tab. "}
      <a className="sso-link" href={url} target="_blank" rel="noopener noreferrer">
        Open the set-up
        <Icon name="external" size={12} />
        <span className="visually-hidden"> (in a new tab)</span>
      </a>{" "}
      Open it before {clock.format(new Date(expiresAt))}.
    </p>
  );
}

function useRemoveSetUp(organizationId: string) {
  const platform = usePlatform();
  const queryClient = useQueryClient();
  const queryKey = platform.org.connections.list.queryKey({ organizationId });
  const { mutate, isPending, error } = useMutation(
    platform.org.connections.remove.mutationOptions({
      onSuccess: (_, { name }) => {
        queryClient.setQueryData<Connection[]>(queryKey, (list = []) =>
          list.filter((each) => each.name !== name),
        );
        focusStep(2);
        announce("The set-up was removed");
      },
    }),
  );
  return { mutate: ({ name }: Connection) => mutate({ organizationId, name }), isPending, error };
}
