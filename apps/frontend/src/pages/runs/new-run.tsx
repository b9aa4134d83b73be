import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type RefObject, useEffect, useRef, useState } from "react";
import { Button, FieldError, Form, Input, Label, Switch, TextArea, TextField } from "react-aria-components";
import { errorReason } from "../../app/problems/error-reason.ts";
import { FailureNotice } from "../../app/problems/notice.tsx";
import type { AppReason } from "../../app/problems/problems.ts";
import { navigate, pathOf } from "../../app/routing/path.ts";
import { announce } from "../../design/announcer.tsx";
import { noteRowGone } from "../../design/fields/double-click.ts";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { plainText } from "../../design/text/plain-text.ts";
import { EXAMPLE } from "./example-document.ts";
import { newRunId } from "./new-run-id.ts";
import { type Draft, EMPTY_DRAFT, isSameDraft, NO_PROBLEMS, problemsOf, runOf } from "./run-draft.ts";
import type { NewRun as AskedRun, Run, Runs } from "./runs-client.ts";
import { runKey } from "./use-runs.ts";

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
  /** Whether a step can be made to fail. */
  readonly canFail: boolean;
}

export function NewRun({ listProblem, canFail, ...props }: NewRunProps) {
  const { draft, edit, start, send, creation, problems, titleField, documentField } = useNewRun(props);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start();
  };
  return (
    <section aria-labelledby="new-run" className="card composer">
      <h2 id="new-run" className="visually-hidden">
        New run
      </h2>
      <Form onSubmit={submit} className="run-form" validationBehavior="aria">
        <TextField
          name="title"
          isRequired
          isInvalid={problems.title !== null}
          autoComplete="off"
          value={draft.title}
          onChange={(text) => edit({ title: text })}
          className="field"
        >
          <Label>Title</Label>
          <Input ref={titleField} placeholder="Summarize this week’s support tickets" />
          <FieldError>{problems.title}</FieldError>
        </TextField>
        <DocumentField draft={draft} edit={edit} problem={problems.document} field={documentField} />
        <div className="run-form-end">
          {canFail && (
            <Switch
              className="switch"
              isSelected={draft.isFailing}
              onChange={(isFailing) => edit({ isFailing })}
            >
              <span className="switch-track" aria-hidden="true" />
              Make one step fail, to try out Retry
            </Switch>
          )}
          <PendingButton type="submit" className="button button-primary" isPending={creation.isPending}>
            <Icon name="play" />
            Start run
          </PendingButton>
        </div>
      </Form>
      <NotStarted creation={creation} draft={draft} listProblem={listProblem} onStartAgain={send} />
    </section>
  );
}

interface DocumentFieldProps {
  readonly draft: Draft;
  readonly edit: (change: Partial<Draft>) => void;
  readonly problem: string | null;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

function DocumentField({ draft, edit, problem, field }: DocumentFieldProps) {
  const fillExample = () => {
    edit({ document: EXAMPLE.document, ...(draft.title.trim() === "" && { title: EXAMPLE.title }) });
    field.current?.focus(); // the button goes
  };
  return (
    <TextField
      name="document"
      isRequired
      isInvalid={problem !== null}
      value={draft.document}
      onChange={(text) => edit({ document: text })}
      className="field"
    >
      <div className="run-document-head">
        <Label>Document</Label>
        {/* What was pasted is not replaced. */}
        {draft.document === "" && (
          <Button className="button button-plain" onPress={fillExample}>
            Use an example
          </Button>
        )}
      </div>
      <TextArea ref={field} rows={6} placeholder="Paste the text to work on" />
      <FieldError>{problem}</FieldError>
    </TextField>
  );
}

interface NotStartedProps {
  readonly creation: ReturnType<typeof useNewRun>["creation"];
  readonly draft: Draft;
  readonly listProblem: AppReason | null;
  readonly onStartAgain: (run: AskedRun) => void;
}

function NotStarted({ creation, draft, listProblem, onStartAgain }: NotStartedProps) {
  const { error, variables } = creation;
  if (error === null || variables === undefined) return null;
  const reason = errorReason(error);
  const isUnknown = UNKNOWN_OUTCOMES.has(reason);
  return (
    <FailureNotice
      title={isUnknown ? "We don’t know whether your run started" : "Your run did not start"}
      hint={
        isSameDraft(draft, variables)
          ? "Your text is still here. Starting it again does not create a second run."
          : `Starting “${plainText(variables.title)}” again does not create a second run.`
      }
      again="Start it again"
      reason={reason}
      error={error}
      isSaidBeside={reason === listProblem}
      onTryNow={() => onStartAgain(variables)}
      onDismiss={creation.reset}
    />
  );
}

/** Starts one run for each draft. The draft stays in the form until its run has started, whose page then opens. */
function useNewRun({ runs, organizationId, list }: Omit<NewRunProps, "listProblem" | "canFail">) {
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [isChecked, setChecked] = useState(false);
  const titleField = useRef<HTMLInputElement>(null);
  const documentField = useRef<HTMLTextAreaElement>(null);
  const asked = useRef<AskedRun>(null);
  // A second click may arrive before the render that disables the button.
  const isTaken = useRef(false);
  const isEdited = useRef(false);
  const creation = useMutation({
    mutationFn: (run: AskedRun) => runs.create(run),
    onSuccess: (run) => queryClient.setQueryData<Run>(runKey(organizationId, run.id), run),
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
    // Only the response was lost.
    setDraft((now) => (isSameDraft(now, run) ? EMPTY_DRAFT : now));
    announce(`Started: ${plainText(run.title)}`);
    reset();
  }, [list, isError, reset]);
  const send = (run: AskedRun) => {
    isEdited.current = !isSameDraft(draft, run);
    creation.mutate(run, {
      // Called only while the page is shown. What was typed meanwhile keeps it.
      onSuccess() {
        if (isEdited.current) return void announce(`Started: ${plainText(run.title)}`);
        noteRowGone();
        navigate(pathOf(organizationId, "runs", run.id));
      },
    });
  };
  const edit = (change: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...change }));
    setChecked(false);
    isEdited.current = true;
    if (creation.isPending) return;
    asked.current = null;
    isTaken.current = false;
    reset();
  };
  const problems = problemsOf(draft);
  const start = () => {
    const before = asked.current;
    const isAsked = before !== null && isSameDraft(draft, before);
    setChecked(true);
    if (problems.title !== null) titleField.current?.focus();
    else if (problems.document !== null) documentField.current?.focus();
    else if (!creation.isPending && !(isTaken.current && isAsked)) {
      const run = isAsked ? before : runOf(draft, newRunId());
      asked.current = run;
      isTaken.current = true;
      send(run);
    }
  };
  const shown = isChecked ? problems : NO_PROBLEMS;
  return { draft, edit, start, send, creation, problems: shown, titleField, documentField };
}
