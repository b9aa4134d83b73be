import type { LeakSource, LeakTarget, PlanRules, VerifiedPlan, VerifiedUndo } from "@platform-api/leak";
import { type Command, Option } from "commander";
import { composeResolve } from "../../compose/leak.ts";
import { confirmation } from "../../terminal/arguments.ts";
import { CommandFailure, print, printable, type Terminal, UsageError } from "../../terminal/terminal.ts";
import {
  addStoreOptions,
  chosenOf,
  type Leak,
  type LeakRun,
  openDynamodb,
  openResolve,
  openSource,
  type StoreOptions,
  withLeak,
} from "./leak-store.ts";
import {
  applyWords,
  count,
  namedOf,
  notAskedWords,
  planWords,
  problemsOf,
  undoWords,
  unended,
} from "./repair-report.ts";

/** The commands that change what a scan has found: the plan, its application, and the way back. */
export function addRepairCommands(leak: Command, terminal: Terminal): void {
  addPlanCommand(leak, terminal);
  addApplyCommand(leak, terminal);
  addUndoCommand(leak, terminal);
}

interface PlanOptions extends StoreOptions {
  readonly output: string;
  readonly merge?: true;
  readonly only?: "link";
  readonly json?: true;
}

function addPlanCommand(leak: Command, terminal: Terminal): void {
  const command = leak
    .command("plan")
    .description(
      "write down for each row which UUID would take the place of a subject, and why; changes nothing",
    );
  addStoreOptions(command, true)
    .requiredOption("-o, --output <file>", "the plan; <file>.part is what it goes on from after a stop")
    .option("--merge", "also rows of people who have rows under their UUID in the same column already")
    .addOption(new Option("--only <what>", "only subjects with a stored link").choices(["link"]))
    .option("--json", "print JSON")
    .action((options: PlanOptions) => plan(options, terminal));
}

function plan(options: PlanOptions, terminal: Terminal): Promise<void> {
  return withLeak(terminal, async (run) => {
    const { leak, progress, signal } = run;
    const { resolve, close } = composeResolve(terminal);
    let source: LeakSource | null = null;
    try {
      const opened = await openPlanned(options, run);
      source = opened.source;
      const { rules } = opened;
      const { output: file, merge = false, only = null } = options;
      const report = progress.report;
      const onResumed = (begunAt: string) =>
        terminal.err(`goes on with ${file}.part, which was begun ${leak.ageWords(begunAt)} ago\n`);
      const planning = { file, source, rules, resolve, merges: merge, only, report, onResumed };
      const made = await leak.makePlan(planning, signal);
      progress.end();
      print({ file, ...made }, planWords(file, options, made), options.json, terminal);
    } finally {
      close();
      await source?.close();
    }
  });
}

/** The store that the options choose, and what it says of changes. */
async function openPlanned(
  options: StoreOptions,
  run: LeakRun,
): Promise<{ source: LeakSource; rules: PlanRules }> {
  const { postgres, dynamodb, ndjson, schema, skip } = options;
  const { leak, rule } = run;
  const others = [dynamodb, ndjson].filter((one) => one !== undefined).length;
  if (postgres !== undefined && others === 0) {
    const source = await leak.openPostgres({ ...chosenOf(postgres, options), rule });
    return { source, rules: await leak.postgresRules(source) };
  }
  if (dynamodb !== undefined && others === 1 && (postgres ?? schema ?? skip) === undefined) {
    const source = await openDynamodb(dynamodb, run);
    return { source, rules: source.rules };
  }
  return { source: await openSource(options, run), rules: leak.NO_RULES };
}

interface ChangeOptions extends Pick<StoreOptions, "postgres" | "dynamodb"> {
  readonly undo?: string;
  readonly elsewhere?: true;
  readonly yes?: true;
  readonly json?: true;
}

const ELSEWHERE =
  "the same database or table has another name now: after a failover, or of a renamed host; never for a copy";

function addApplyCommand(leak: Command, terminal: Terminal): void {
  const command = leak
    .command("apply")
    .argument("<plan>", "a file of `leak plan`")
    .description("change what a plan names, where it still holds the subject; after a stop it goes on");
  addStoreOptions(command, false)
    .option("--undo <file>", "the way back, which is written first (default: <plan>.undo)")
    .option("--elsewhere", ELSEWHERE)
    .option("--yes", "do not ask")
    .option("--json", "print JSON")
    .action((file: string, options: ChangeOptions) => apply(file, options, terminal));
}

function apply(file: string, options: ChangeOptions, terminal: Terminal): Promise<void> {
  checkOptions(options);
  const confirm = confirmation(options.yes, terminal);
  return withLeak(terminal, async (run) => {
    const verified = await run.leak.verifyPlan(file, run.rule);
    const undo = options.undo ?? `${file}.undo`;
    const files = { plan: file, undo };
    const report = await withTarget(options, verified, run, async (target) => {
      await run.leak.checkApply(files, verified, target, options.elsewhere ?? false, run.signal);
      const unresolved = await askAgain(verified, run, terminal);
      const again = unresolved === null ? "" : printable(notAskedWords(unresolved));
      const question = `${plannedWords(verified, run.leak)} will be changed in ${target.catalog.label}. ${again}The way back is written to ${undo}, which holds user ids: keep it.`;
      await confirm(question);
      sayUnasked(question, options, terminal);
      const applied = await run.leak.applyPlan(files, verified, target, run.progress.report, run.signal);
      return { ...applied, question, unresolved };
    });
    run.progress.end();
    print(report, applyWords(report, undo), options.json, terminal);
    const problems = problemsOf(report, "apply");
    if (problems !== null) throw new CommandFailure(problems);
  });
}

/** What a question says is said where nobody is asked, too. */
function sayUnasked(question: string, { yes, json }: ChangeOptions, { out }: Terminal): void {
  if (yes && !json) out(`${question}\n`);
}

/**
 * Whether the subjects of a plan are still the same people's.
 * @returns why that was not asked; null where it was
 * @throws {LeakProblem} one is not
 */
async function askAgain(
  verified: VerifiedPlan,
  { leak, progress, signal }: LeakRun,
  terminal: Terminal,
): Promise<readonly string[] | null> {
  const { resolve, unresolved, close } = openResolve(terminal);
  try {
    if (unresolved === null) await leak.resolveAgain(verified, { resolve, report: progress.report }, signal);
    return unresolved;
  } finally {
    progress.end();
    close();
  }
}

/** What would be changed, and how old that is: the answer may depend on it. */
function plannedWords({ header, seal, changed }: VerifiedPlan, { ageWords }: Leak): string {
  const { madeAt, label, skipped } = header;
  const without = skipped.length === 0 ? "" : ` without ${skipped.join(", ")}`;
  return `${count(seal.rows, "row")} of ${count(changed.size, "table")}, planned ${ageWords(madeAt)} ago (${madeAt}) from ${label}${printable(without)},`;
}

function addUndoCommand(leak: Command, terminal: Terminal): void {
  const command = leak
    .command("undo")
    .argument("<undo file>", "a file of `leak apply`")
    .description(
      "change back what `leak apply` has changed, where it still holds the UUID; after a stop it goes on",
    );
  addStoreOptions(command, false)
    .option("--elsewhere", ELSEWHERE)
    .option("--yes", "do not ask")
    .option("--json", "print JSON")
    .action((file: string, options: ChangeOptions) => goBack(file, options, terminal));
}

function goBack(file: string, options: ChangeOptions, terminal: Terminal): Promise<void> {
  checkOptions(options);
  const confirm = confirmation(options.yes, terminal);
  return withLeak(terminal, async (run) => {
    const verified = await run.leak.verifyUndo(file);
    const isWhole = verified.isEnded || (await run.leak.namesAll(file, verified));
    const report = await withTarget(options, verified, run, async (target) => {
      await run.leak.checkUndo(file, verified, target, options.elsewhere ?? false, run.signal);
      const question = `${isWhole ? "" : `${unended(verified)} `}Up to ${count(verified.rows, "row")} in ${target.catalog.label} will hold subjects again, as before \`leak apply\` on ${verified.header.place}.`;
      await confirm(question);
      sayUnasked(question, options, terminal);
      const undone = await run.leak.undoChanges(file, verified, target, run.progress.report, run.signal);
      return { ...undone, question, ...namedOf(verified) };
    });
    run.progress.end();
    print(report, undoWords(report, verified), options.json, terminal);
    const problems = problemsOf({ ...report, left: [] }, "undo") ?? (isWhole ? null : unended(verified));
    if (problems !== null) throw new CommandFailure(problems);
  });
}

/** @throws {UsageError} */
function checkOptions({ postgres, dynamodb }: ChangeOptions): void {
  if ((postgres === undefined) !== (dynamodb === undefined)) return;
  throw new UsageError("choose one store: --postgres <url> or --dynamodb <table>");
}

async function withTarget<T>(
  { postgres, dynamodb }: ChangeOptions,
  verified: VerifiedPlan | VerifiedUndo,
  run: LeakRun,
  use: (target: LeakTarget) => Promise<T>,
): Promise<T> {
  const { header } = verified;
  const { schemas, store } = header;
  if (store === "ndjson")
    throw new UsageError(
      "a file is not changed here: let the program that owns it change its lines, by their numbers in the plan",
    );
  const { leak, rule } = run;
  // The way back needs the tables that it names alone, whatever became of all others.
  const chosen =
    "skipped" in header
      ? { schemas, skip: { tables: header.skipped, mustExist: false } }
      : { schemas: null, only: new Set(verified.changed.keys()) };
  const target =
    postgres === undefined
      ? await openDynamodb(dynamodb ?? "", run)
      : await leak.openPostgresTarget({ url: postgres, ...chosen, rule });
  try {
    return await use(target);
  } finally {
    await target.close();
  }
}
