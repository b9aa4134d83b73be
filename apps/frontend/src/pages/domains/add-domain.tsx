import { usePlatformClient } from "@platform-api/client/react";
import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import { type FormEvent, type RefObject, useState } from "react";
import { FieldError, Form, Input, Label, Text, TextField } from "react-aria-components";
import { errorReason } from "../../app/problems/error-reason.ts";
import { FailureNotice } from "../../app/problems/notice.tsx";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import type { Domain } from "../../organization/trusted-domains.ts";
import { domainIn, isAboutDomain, refusalText } from "./input.ts";

export interface AddDomainProps {
  readonly organizationId: string;
  /** Empty if there is nothing to suggest. */
  readonly suggestion: string;
  /** Where the suggestion comes from. */
  readonly hint: string;
  readonly label: string;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly onAdded: (domain: Domain) => Promise<void>;
}

export function AddDomain({ organizationId, suggestion, hint, label, input, onAdded }: AddDomainProps) {
  const client = usePlatformClient();
  /** Null until the user comes to the field: then no suggestion arrives between what they type. */
  const [typed, setTyped] = useState<string | null>(null);
  const [isEmpty, setEmpty] = useState(false);
  const text = typed ?? suggestion;
  const claim = useMutation({
    mutationFn: (domain: string) => client.org.domains.claim.mutate({ organizationId, domain }),
    onSuccess: async (added) => {
      setTyped((now) => (now === null || domainIn(now) === added.domain ? null : now));
      await onAdded(added);
      announce(addedText(added));
    },
    onError: () => input.current?.focus(),
  });
  const edit = (next: string) => {
    setTyped(next);
    setEmpty(false);
    if (!claim.isPending) claim.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const domain = domainIn(text);
    setEmpty(domain === "");
    if (domain === "") input.current?.focus();
    else if (!claim.isPending) claim.mutate(domain);
  };
  const refusal = isEmpty ? "Enter a domain, such as company.com." : fieldText(claim);
  return (
    <section aria-labelledby="add-domain" className="card composer">
      <h2 id="add-domain" className="visually-hidden">
        Add a domain
      </h2>
      <Form onSubmit={submit} className="composer-form" validationBehavior="aria">
        <TextField
          className="field"
          name="domain"
          type="text"
          inputMode="url"
          autoComplete="off"
          isInvalid={Boolean(refusal)}
          value={text}
          onChange={edit}
          onFocus={() => setTyped(text)}
        >
          <Label>Domain</Label>
          <Input ref={input} placeholder="company.com" spellCheck="false" autoCapitalize="none" />
          {suggestion !== "" && text === suggestion && !refusal && (
            <Text slot="description" className="field-hint">
              {hint}
            </Text>
          )}
          <FieldError>{refusal}</FieldError>
        </TextField>
        <PendingButton type="submit" className="button button-primary" isPending={claim.isPending}>
          {label}
        </PendingButton>
      </Form>
      <ClaimFailure claim={claim} />
    </section>
  );
}

type Claim = UseMutationResult<Domain, Error, string>;

/** A failure that is not about the domain itself. */
function ClaimFailure({ claim: { error, variables, mutate, reset } }: { readonly claim: Claim }) {
  const reason = error && errorReason(error);
  if (reason === null || isAboutDomain(reason)) return null;
  return (
    <FailureNotice
      title={`${variables} was not added`}
      hint="What you entered is still here."
      again="Add it again"
      reason={reason}
      error={error}
      onTryNow={() => variables !== undefined && mutate(variables)}
      onDismiss={reset}
    />
  );
}

function fieldText({ error, variables = "" }: Claim): string | null {
  if (error === null || !isAboutDomain(errorReason(error))) return null;
  return refusalText(error, variables) ?? `${variables} cannot be added.`;
}

function addedText({ domain, state }: Domain): string {
  return state === "pending"
    ? `Added ${domain}. Enter its record at your DNS provider.`
    : `${domain} is in your list already.`;
}
