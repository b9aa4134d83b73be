import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { errorReason } from "../../../app/problems/error-reason.ts";
import { announce } from "../../../design/announcer.tsx";
import { PendingButton } from "../../../design/fields/pending-button.tsx";
import { Icon } from "../../../design/icon.tsx";
import { DialogActions, ModalDialog } from "../../../design/overlays/dialog.tsx";
import { MenuButton } from "../../../design/overlays/menu-button.tsx";
import { showToast } from "../../../design/overlays/toast.tsx";
import { rolesToOffer } from "../../../membership/invite-roles.ts";
import { ROLE_NAMES } from "../../../membership/member-roles.ts";
import type { MyOrganization } from "../../../organization/active-organization.ts";
import { useTrustedDomains } from "../../../organization/use-trusted-domains.ts";
import { AddressField } from "./address-field.tsx";
import { Answers } from "./answers.tsx";
import type { Draft } from "./draft.ts";
import { draftProblem, inviteFailure, people, summaryOf, uninvitedText } from "./invite-texts.ts";
import { MAX_INVITEES, withInvitees } from "./invitees.ts";
import { type Answer, useInvite } from "./use-invite.ts";
import "./invite.css";

interface InviteDialogProps {
  readonly organization: MyOrganization;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly onInvited: () => void;
  readonly onClose: () => void;
}

/** Invites people. It stays open while there is an answer to read or an address to correct. */
export function InviteDialog({ organization, draft, onChange, onInvited, onClose }: InviteDialogProps) {
  const input = useRef<HTMLInputElement>(null);
  const done = useRef<HTMLButtonElement>(null);
  const [answers, setAnswers] = useState<readonly Answer[]>([]);
  const [isEmpty, setEmpty] = useState(false);
  const inviting = useInvite(organization, onInvited);
  const failure = inviting.error && inviteFailure(errorReason(inviting.error));
  useEffect(() => (failure === null ? undefined : announce(failure)), [failure]);

  const all = withInvitees(draft.invitees, draft.text);
  const emails = all.flatMap(({ email }) => email ?? []);
  const bad = all.filter(({ email }) => email === null);
  const problem = isEmpty && all.length === 0 ? "Enter an e-mail address." : draftProblem(draft.invitees);
  const isDone = answers.length > 0 && all.length === 0;

  const change = (next: Draft) => {
    inviting.reset();
    setEmpty(false);
    onChange(next);
  };
  const finish = (found: readonly Answer[]) => {
    const summary = summaryOf(found.map(({ outcome }) => outcome));
    const invalid = new Set(found.filter(({ outcome }) => outcome === "invalid").map(({ email }) => email));
    const refused = all.filter(({ email }) => email !== null && invalid.has(email));
    const left = [...bad, ...refused.map((each) => ({ ...each, email: null }))];
    onChange({ ...draft, invitees: left, text: "" });
    if (left.length === 0 && found.every(({ outcome }) => outcome === "invited")) {
      showToast({
        text: found.length === 1 ? `Invited ${found[0]?.email}` : `Invited ${people(found.length)}`,
      });
      return onClose();
    }
    announce(summary);
    setAnswers(found);
  };
  const send = () => {
    onChange({ ...draft, invitees: all, text: "" });
    if (inviting.isPending || emails.length > MAX_INVITEES) return;
    if (emails.length > 0) return inviting.mutate({ emails, role: draft.role }, { onSuccess: finish });
    setEmpty(true);
    input.current?.focus();
  };
  useEffect(() => {
    if (answers.length > 0) (done.current ?? input.current)?.focus();
  }, [answers]);
  return (
    <ModalDialog title="Invite people" onClose={onClose}>
      {answers.length > 0 && (
        <Answers organizationId={organization.id} answers={answers} onRestored={onInvited} />
      )}
      {isDone ? (
        <DialogActions>
          <Button className="button" onPress={() => setAnswers([])}>
            Invite more
          </Button>
          <Button ref={done} className="button button-primary" onPress={onClose}>
            Done
          </Button>
        </DialogActions>
      ) : (
        <form
          className="invite-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <Uninvited organizationId={organization.id} />
          <AddressField draft={draft} onChange={change} problem={problem} input={input} />
          {failure !== null && (
            <p className="invite-failure">
              <Icon name="alert" />
              {failure}
            </p>
          )}
          <div className="invite-foot">
            <MenuButton
              className="button"
              label={`Role: ${ROLE_NAMES[draft.role]}`}
              choices={rolesToOffer(organization.role)}
              selected={draft.role}
              onChoose={(id) => {
                const chosen = rolesToOffer(organization.role).find((each) => each.id === id);
                if (chosen) change({ ...draft, role: chosen.id });
              }}
            >
              <span>
                <span className="quiet">Role: </span>
                {ROLE_NAMES[draft.role]}
              </span>
              <Icon name="down" />
            </MenuButton>
            <PendingButton
              type="submit"
              className="button button-primary"
              isPending={inviting.isPending}
              {...(emails.length > MAX_INVITEES && { "aria-disabled": true })}
            >
              {emails.length === 0 ? "Invite" : `Invite ${people(emails.length)}`}
            </PendingButton>
          </div>
        </form>
      )}
    </ModalDialog>
  );
}

/** Who needs no invitation. Its line is kept free until that is known. */
function Uninvited({ organizationId }: { readonly organizationId: string }) {
  const { trusted } = useTrustedDomains(organizationId);
  const settings = useQuery(usePlatform().org.get.queryOptions({ organizationId }, { staleTime: 60_000 }));
  if (trusted.length === 0 || settings.data?.jit === false) return null;
  const isKnown = settings.data !== undefined;
  return (
    <p className={isKnown ? "invite-uninvited" : "invite-uninvited member-hint-pending"}>
      {uninvitedText(trusted)}
    </p>
  );
}
