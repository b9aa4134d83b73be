import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { errorReason } from "../../app/problems/error-reason.ts";
import { FailureNotice } from "../../app/problems/notice.tsx";
import type { AppReason } from "../../app/problems/problems.ts";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { plainText } from "../../design/text/plain-text.ts";
import { newRunId } from "./new-run-id.ts";
import type { Run, Runs } from "./runs-client.ts";

const MAX_TITLE_LENGTH = 200;
const VISIBLE = /[^\p{C}\p{Z}]/u;
/** After these the run may exist: the response may have been lost instead of the request. */
const UNKNOWN_OUTCOMES: ReadonlySet<AppReason> = new Set([
  "RUNS_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "INTERNAL",
]);

export interface NewRunProps {
  readonly runs: Runs;
  readonly organizationId: string;
  /** The runs that are known to exist. */
  readonly list: readonly Run[] | undefined;
  /** Why the list cannot be shown. */
  readonly listProblem: AppReason | null;
}

/** A requested run. Its id stays the same across retries, which makes them idempotent. */
interface AskedRun {
  readonly id: string;
  readonly title: string;
}

export function NewRun({ listProblem, ...props }: NewRunProps) {
  const { title, edit, start, creation, isTextMissing, input } = useNewRun(props);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start();
  };
  const reason = creation.error && errorReason(creation.error);
  const isUnknown = reason !== null && UNKNOWN_OUTCOMES.has(reason);
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
          className="field"
        >
          <Label>What should be done?</Label>
          <Input ref={input} placeholder="Summarize this week’s support tickets" />
          <FieldError>Describe the task in a few words.</FieldError>
        </TextField>
        <PendingButton type="submit" className="button button-primary" isPending={creation.isPending}>
          <Icon name="play" />
          Start run
        </PendingButton>
      </Form>
      {reason && creation.variables && (
        <FailureNotice
          title={isUnknown ? "We don’t know whether your run started" : "Your run did not start"}
          hint={
            title.trim() === creation.variables.title
              ? "Your text is still here. Starting it again does not create a second run."
              : `Starting “${plainText(creation.variables.title)}” again does not create a second run.`
          }
          again="Start it again"
          reason={reason}
          error={creation.error}
          isSaidBeside={reason === listProblem}
          onTryNow={() => creation.mutate(creation.variables)}
          onDismiss={creation.reset}
        />
      )}
    </section>
  );
}

/** Starts one run for each text. The text stays in the field until its run has started. */
function useNewRun({ runs, organizationId, list }: Omit<NewRunProps, "listProblem">) {
  const queryClient = useQueryClient();
  const [title, setTitle] = useState("");
  const [isTextMissing, setTextMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const asked = useRef<AskedRun>(null);
  // A second click may arrive before the render that disables the button.
  const isTaken = useRef(false);
  const started = (run: AskedRun) => {
    setTitle((now) => (now.trim() === run.title ? "" : now));
    announce(`Started: ${plainText(run.title)}`);
  };
  const creation = useMutation({
    mutationFn: (run: AskedRun) => runs.create(run),
    onSuccess: (_, run) => started(run),
    onError: () => {
      isTaken.current = false;
    },
    // Not awaited, so that the next run can be started. Also after an error, because the run may exist.
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ["runs", organizationId] }),
  });
  const { isError, reset } = creation;
  useEffect(() => {
    const run = asked.current;
    if (!isError || run === null || !list?.some(({ id }) => id === run.id)) return;
    started(run); // only the response was lost
    reset();
  }, [list, isError, reset]);
  const edit = (text: string) => {
    setTitle(text);
    setTextMissing(false);
    if (creation.isPending) return;
    asked.current = null;
    isTaken.current = false;
    reset();
  };
  const start = () => {
    const text = title.trim();
    if (!VISIBLE.test(text)) {
      // The second click of a double click finds the field already cleared, which is not an error.
      setTextMissing(!creation.isSuccess);
      input.current?.focus();
    } else if (!creation.isPending && !(isTaken.current && asked.current?.title === text)) {
      if (asked.current?.title !== text) asked.current = { id: newRunId(), title: text };
      isTaken.current = true;
      creation.mutate(asked.current);
    }
  };
  return { title, edit, start, creation, isTextMissing, input };
}
