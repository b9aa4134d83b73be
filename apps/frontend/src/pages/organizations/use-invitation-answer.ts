import { usePlatform } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { PressEvent } from "react-aria-components";
import { errorReason, isOutage, problemFor } from "../../app/problems/error-reason.ts";
import type { AppReason } from "../../app/problems/problems.ts";
import { navigate, pathOf } from "../../app/routing/path.ts";
import { announce } from "../../design/announcer.tsx";
import { isStrayClick, noteRowGone } from "../../design/fields/double-click.ts";
import { showToast } from "../../design/overlays/toast.tsx";
import { aRole } from "../../organization/role-text.ts";
import { useStanding } from "../../organization/use-me.ts";
import type { MyInvitation } from "./invited-text.ts";

/** Joining and declining. What failed does not consume the invitation. */
export function useInvitationAnswer({ organizationId, name, role }: MyInvitation) {
  const { org } = usePlatform();
  const { refresh } = useStanding();
  // A second click may arrive before the render that disables the buttons.
  const isTaken = useRef(false);
  const onError = async (error: unknown) => {
    if (errorReason(error) === "NOT_FOUND")
      showToast({ text: `The invitation to ${name} has expired or was revoked. Ask for a new one.` });
    await refresh(); // an earlier attempt may have succeeded
  };
  const onSettled = () => {
    isTaken.current = false;
  };
  const joining = useMutation(
    org.invitations.accept.mutationOptions({
      onSuccess: async () => {
        await refresh();
        const means = role === "admin" ? " Admins manage members, invitations and domains." : "";
        showToast({ text: `Welcome to ${name}. You joined as ${aRole(role)}.${means}` });
        navigate(pathOf(organizationId, "runs"));
      },
      onError,
      onSettled,
    }),
  );
  const declining = useMutation(
    org.invitations.decline.mutationOptions({
      onSuccess: async () => {
        await refresh();
        noteRowGone();
        showToast({ text: `Declined. ${name} can invite you again.` });
        document.querySelector("h1")?.focus();
      },
      onError,
      onSettled,
    }),
  );
  const once = (send: () => void) => (press: PressEvent) => {
    if (isTaken.current || isStrayClick(press)) return;
    isTaken.current = true;
    joining.reset();
    declining.reset();
    send();
  };
  const error = joining.error ?? declining.error;
  const failure = error && answerFailure(joining.error ? "joined" : "declined", errorReason(error));
  useEffect(() => (failure === null ? undefined : announce(failure)), [failure]);
  return {
    join: once(() => joining.mutate({ organizationId })),
    decline: once(() => declining.mutate({ organizationId })),
    isJoining: joining.isPending,
    isDeclining: declining.isPending,
    failure,
  };
}

function answerFailure(what: "joined" | "declined", reason: AppReason): string {
  const { what: why, next } = problemFor(reason);
  const hint = isOutage(reason) || reason === "RATE_LIMITED" ? "Wait a moment, then try again." : next;
  return reason === "NOT_FOUND"
    ? "The invitation has expired or was revoked."
    : `You have not ${what}. ${why} ${hint}`;
}
