import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { FieldError, Form, Input, Label, TextField } from "react-aria-components";
import type { Run, Runs } from "../runs.ts";
import { announce } from "./announcer.tsx";
import { faultOf } from "./fault-of.ts";
import type { AppReason } from "./faults.ts";
import { Icon } from "./icon.tsx";
import { newRunId } from "./new-run-id.ts";
import { FailureNotice } from "./notice.tsx";
import { PendingButton } from "./pending-button.tsx";

const MAX_TITLE_LENGTH = 200;
const VISIBLE = /[^\p{C}\p{Z}]/u;
/** After these the run may be there nevertheless: the answer was lost, not the question. */
const UNKNOWN_OUTCOMES: ReadonlySet<AppReason> = new Set([
  "RUNS_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "INTERNAL",
]);

export interface NewRunProps {
  readonly runs: Runs;
  readonly organizationId: string;
  /** Those that are known to be there. */
  readonly list: readonly Run[] | undefined;
  /** What keeps the list from being shown. */
  readonly listFault: AppReason | null;
}

/** What is asked for, by an id that stays the same however often it is asked for. */
interface AskedRun {
  readonly id: string;
  readonly title: string;
}

export function NewRun({ listFault, ...props }: NewRunProps) {
  const { title, edit, start, creation, isTextMissing, input } = useNewRun(props);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start();
  };
  const reason = creation.error && faultOf(creation.error);
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
      {reason && creation.variables && (
        <FailureNotice
          title={isUnknown ? "We do not know whether your run was started" : "Your run was not started"}
          hint={
            title.trim() === creation.variables.title
              ? "Your text is kept. Starting it again makes no second run."
              : `Starting “${creation.variables.title}” again makes no second run.`
          }
          again="Start it again"
          reason={reason}
          isSaidBeside={reason === listFault}
          onTryNow={() => creation.mutate(creation.variables)}
          onDismiss={creation.reset}
        />
      )}
    </section>
  );
}

/** Starts a run, once for each text: whatever was typed is kept until it has started. */
function useNewRun({ runs, organizationId, list }: Omit<NewRunProps, "listFault">) {
  const queryClient = useQueryClient();
  const [title, setTitle] = useState("");
  const [isTextMissing, setTextMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const asked = useRef<AskedRun>(null);
  // Two clicks may come before a render says that the first was taken.
  const isTaken = useRef(false);
  const started = (run: AskedRun) => {
    setTitle((now) => (now.trim() === run.title ? "" : now));
    announce(`Started: ${run.title}`);
  };
  const creation = useMutation({
    mutationFn: (run: AskedRun) => runs.create(run),
    onSuccess: (_, run) => started(run),
    onError: () => {
      isTaken.current = false;
    },
    // Not waited for: the next run can be started meanwhile. One that failed may be there nevertheless.
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ["runs", organizationId] }),
  });
  const { isError, reset } = creation;
  useEffect(() => {
    const run = asked.current;
    if (!isError || run === null || !list?.some(({ id }) => id === run.id)) return;
    started(run); // the answer was lost, and no more
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
      // The second half of a double click finds a field that has just been emptied: nothing is missing.
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
