import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { errorReason } from "../../../app/problems/error-reason.ts";
import { announce } from "../../../design/announcer.tsx";
import { PendingButton } from "../../../design/fields/pending-button.tsx";
import { Icon } from "../../../design/icon.tsx";
import { DialogActions, ModalDialog } from "../../../design/overlays/dialog.tsx";
import { MenuButton } from "../../../design/overlays/menu-button.tsx";
import { showToast } from "../../../design/overlays/toast.tsx";
import type { MyOrganization } from "../../../organization/active-organization.ts";
import { ROLE_NAMES } from "../../../organization/role-text.ts";
import { useTrustedDomains } from "../../../organization/use-trusted-domains.ts";
import { people } from "../lists/many-texts.ts";
import { rolesToOffer } from "../roles/invite-roles.ts";
import { AddressField } from "./address-field.tsx";
import { Answers } from "./answers.tsx";
import type { Draft } from "./draft.ts";
import { draftProblem, inviteFailure, summaryOf, uninvitedText } from "./invite-texts.ts";
import { type Invitee, MAX_INVITEES, withInvitees } from "./invitees.ts";
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
  const problem = isEmpty && all.length === 0 ? "Enter an e-mail address." : draftProblem(draft.invitees);
  const isDone = answers.length > 0 && all.length === 0;
  const change = (next: Draft) => {
    inviting.reset();
    setEmpty(false);
    onChange(next);
  };
  const finish = (found: readonly Answer[]) => {
    const left = toCorrect(all, found);
    onChange({ ...draft, invitees: left, text: "" });
    if (left.length === 0 && found.every(({ outcome }) => outcome === "invited")) {
      showToast({
        text: found.length === 1 ? `Invited ${found[0]?.email}` : `Invited ${people(found.length)}`,
      });
      return onClose();
    }
    announce(summaryOf(found.map(({ outcome }) => outcome)));
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
        <InviteForm
          organization={organization}
          draft={draft}
          onChange={change}
          onSend={send}
          count={emails.length}
          isPending={inviting.isPending}
          problem={problem}
          failure={failure}
          input={input}
        />
      )}
    </ModalDialog>
  );
}

/** The addresses that cannot be invited as they are. */
function toCorrect(all: readonly Invitee[], found: readonly Answer[]): Invitee[] {
  const invalid = new Set(found.filter(({ outcome }) => outcome === "invalid").map(({ email }) => email));
  const bad = all.filter(({ email }) => email === null);
  const refused = all.filter(({ email }) => email !== null && invalid.has(email));
  return [...bad, ...refused.map((each) => ({ ...each, email: null }))];
}

interface InviteFormProps extends Pick<InviteDialogProps, "organization" | "draft" | "onChange"> {
  readonly onSend: () => void;
  /** How many addresses it would invite. */
  readonly count: number;
  readonly isPending: boolean;
  /** What is wrong with the addresses. */
  readonly problem: string | null;
  readonly failure: string | null;
  readonly input: RefObject<HTMLInputElement | null>;
}

function InviteForm(props: InviteFormProps) {
  const { organization, draft, onChange, onSend, count, isPending, problem, failure, input } = props;
  const roles = rolesToOffer(organization.role);
  return (
    <form
      className="invite-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <Uninvited organizationId={organization.id} />
      <AddressField draft={draft} onChange={onChange} problem={problem} input={input} />
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
          choices={roles}
          selected={draft.role}
          onChoose={(id) => {
            const chosen = roles.find((each) => each.id === id);
            if (chosen) onChange({ ...draft, role: chosen.id });
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
          isPending={isPending}
          {...(count > MAX_INVITEES && { "aria-disabled": true })}
        >
          {count === 0 ? "Invite" : `Invite ${people(count)}`}
        </PendingButton>
      </div>
    </form>
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
