import type { Member } from "@platform-api/client";
import { useState } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import type { Question } from "../../design/overlays/confirm-dialog.tsx";
import { isAboutCaller } from "../../organization/member-refusal.ts";
import { people } from "./lists/many-texts.ts";
import { personOf } from "./lists/member-texts.ts";
import { useSelection } from "./lists/selection.ts";
import { newsOfIntent, questionOfMany, rolesAgain } from "./many-question.ts";
import { applied, type Intent, isFulfilled, memberRefusal } from "./member-intents.ts";

interface Asked {
  readonly members: readonly Member[];
  /** How many others need no change. */
  readonly already: number;
  readonly intent: Intent;
  readonly question: Question;
}

export interface ManyOptions {
  readonly performMany: (
    members: readonly Member[],
    intent: Intent,
  ) => Promise<readonly PromiseSettledResult<Member>[]>;
  /** The role or membership of the caller may have changed. */
  readonly onOwnChange: () => void;
  /** The box that selects all rows, which stays when the selection has ended. */
  readonly box: () => HTMLElement | null;
  readonly focusBox: () => void;
}

/** Changes the members that are selected, after a question where one is needed, and offers one undo for all. */
export function useManyMembers({ performMany, onOwnChange, focusBox }: ManyOptions) {
  const selection = useSelection();
  const [asked, setAsked] = useState<Asked | null>(null);
  const change = async (members: readonly Member[], intent: Intent) => {
    for (const { userId } of members) selection.changes(userId);
    const results = await performMany(members, intent);
    const done = members.filter((_, index) => results[index]?.status === "fulfilled");
    const failed = members.flatMap((member, index) => {
      const result = results[index];
      return result?.status === "rejected" ? [{ member, reason: errorReason(result.reason) }] : [];
    });
    if (failed.some(({ reason }) => isAboutCaller(reason))) onOwnChange();
    const refused = failed.map(
      ({ member, reason }) => `${personOf(member)}: ${memberRefusal(reason, intent).text}`,
    );
    return { done, failed: failed.map(({ member }) => idOf(member)), refused };
  };
  const undo = async (done: readonly Member[], intent: Intent) => {
    const groups = Map.groupBy(done, (member) => (intent.isRemoval ? "" : member.role));
    const changes = [...groups.values()].map((group) => {
      const [first] = group;
      const back = first && intent.undo?.(first);
      return (
        back &&
        change(
          group.map((member) => applied(member, intent)),
          back,
        )
      );
    });
    const refused = (await Promise.all(changes)).flatMap((each) => each?.refused ?? []);
    const before = done.map((member) => ({ ...member, ...intent.undo?.(member).changes(member) }));
    selection.tell({
      text: refused.length === 0 ? rolesAgain(before) : `Undone, but for ${people(refused.length)}:`,
      refused,
      about: done.map(idOf),
    });
  };
  const run = async ({ members, already, intent }: Omit<Asked, "question">) => {
    const { done, failed, refused } = await change(members, intent);
    const canUndo = intent.undo !== null && done.length > 0;
    selection.tell({
      text: done.length === 0 ? "Nothing was changed." : newsOfIntent(intent, done, already),
      ...(failed.length > 0 && { detail: `${failed.length} not changed:`, refused }),
      about: done.map(idOf),
      ...(canUndo && { undo: { name: "Undo the change of all", onPress: () => void undo(done, intent) } }),
    });
    return failed;
  };
  return {
    asked,
    close: () => setAsked(null),
    ask(selected: readonly Member[], intent: Intent) {
      const members = selected.filter((member) => !isFulfilled(member, intent));
      const already = selected.length - members.length;
      if (members.length === 0) return selection.tell({ text: newsOfIntent(intent, [], already) });
      const question = questionOfMany(intent, members);
      if (question !== null) return setAsked({ members, already, intent, question });
      selection.clear();
      focusBox();
      void run({ members, already, intent }).then(selection.selectAgain);
    },
    async confirm(change: Asked) {
      const failed = await run(change);
      setAsked(null);
      selection.clear();
      selection.selectAgain(failed);
      onOwnChange();
    },
  };
}

function idOf({ userId }: Member): string {
  return userId;
}
