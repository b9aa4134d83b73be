import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { FieldError, Form, Input, Label, TextField } from "react-aria-components";
import type { Runs } from "../runs.ts";
import { announce } from "./announcer.tsx";
import { FailureNotice } from "./fault-page.tsx";
import { faultOf } from "./faults.ts";
import { Icon } from "./icon.tsx";
import { PendingButton } from "./pending-button.tsx";

const MAX_TITLE_LENGTH = 200;

export interface NewRunProps {
  readonly runs: Runs;
  readonly organizationId: string;
}

/** Starts a run, once for each text: whatever was typed is kept until it has started. */
export function NewRun({ runs, organizationId }: NewRunProps) {
  const queryClient = useQueryClient();
  const [title, setTitle] = useState("");
  const [isTextMissing, setTextMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  // The text that was sent: two clicks may come before a render says that the first was taken.
  const sent = useRef<string | null>(null);
  const creation = useMutation({
    mutationFn: (text: string) => runs.create(text),
    onSuccess: (run, text) => {
      setTitle((now) => (now.trim() === text ? "" : now));
      announce(`Started: ${run.title}`);
    },
    onError: () => {
      sent.current = null;
    },
    // Not waited for: the next run can be started meanwhile. One that failed may be there nevertheless.
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ["runs", organizationId] }),
  });
  const edit = (text: string) => {
    setTitle(text);
    setTextMissing(false);
    if (creation.isPending) return;
    sent.current = null;
    creation.reset();
  };
  const start = () => {
    const text = title.trim();
    if (text === "") {
      // The second half of a double click finds a field that has just been emptied: nothing is missing.
      setTextMissing(!creation.isSuccess);
      input.current?.focus();
    } else if (!creation.isPending && sent.current !== text) {
      sent.current = text;
      creation.mutate(text);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start();
  };
  return (
    <section aria-labelledby="new-run" className="card composer">
      <h2 id="new-run" className="visually-hidden">
        New run
      </h2>
      <Form onSubmit={submit} className="composer-form" validationBehavior="aria">
        <TextField
          name="title"
          isRequired
          isInvalid={isTextMissing}
          maxLength={MAX_TITLE_LENGTH}
          autoComplete="off"
          value={title}
          onChange={edit}
          className="field composer-field"
        >
          <Label>What should be done?</Label>
          <Input ref={input} placeholder="Summarize this week’s support tickets" />
          <FieldError>Say in a few words what to run.</FieldError>
        </TextField>
        <PendingButton type="submit" className="button button-primary" isPending={creation.isPending}>
          <Icon name="play" />
          Start run
        </PendingButton>
      </Form>
      {creation.error && (
        <FailureNotice
          title="Your run was not started"
          hint="Your text is kept: start it again, unless the list below has the run all the same."
          again="Start it again"
          reason={faultOf(creation.error)}
          onTryNow={start}
          onDismiss={creation.reset}
        />
      )}
    </section>
  );
}
