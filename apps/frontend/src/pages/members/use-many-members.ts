import type { Member } from "@platform-api/client";
import { useState } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { announce } from "../../design/announcer.tsx";
import type { Question } from "../../design/overlays/confirm-dialog.tsx";
import { showToast } from "../../design/overlays/toast.tsx";
import { isAboutCaller } from "../../organization/member-refusal.ts";
import { newsOfMany } from "./lists/many-texts.ts";
import { useSelection } from "./lists/selection.ts";
import { questionOfMany } from "./many-question.ts";
import { applied, type Intent, isFulfilled } from "./member-intents.ts";

interface Asked {
  readonly members: readonly Member[];
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

let closeLast = () => {};

/** Changes the members that are selected, after a question where one is needed, and offers one undo for all. */
export function useManyMembers({ performMany, onOwnChange, focusBox }: ManyOptions) {
  const selection = useSelection();
  const [asked, setAsked] = useState<Asked | null>(null);
  const change = async (members: readonly Member[], intent: Intent) => {
    const results = await performMany(members, intent);
    const done = members.filter((_, index) => results[index]?.status === "fulfilled");
    const failed = members.filter((member) => !done.includes(member));
    const reasons = results.flatMap((result) =>
      result.status === "rejected" ? [errorReason(result.reason)] : [],
    );
    if (reasons.some(isAboutCaller)) onOwnChange();
    return { done, failed };
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
    const failed = (await Promise.all(changes)).flatMap((each) => each?.failed ?? []);
    announce(failed.length === 0 ? "Undone" : `Undone, but for ${failed.length}. Their rows say why.`);
  };
  const run = async (members: readonly Member[], intent: Intent) => {
    const { done, failed } = await change(members, intent);
    const canUndo = intent.undo !== null && done.length > 0;
    closeLast(); // its undo would go back too far
    closeLast = showToast({
      ...newsOfMany({ done: done.length, failed: failed.length }, intent.newsOfMany),
      ...(canUndo && {
        action: { label: "Undo", name: "Undo the change of all", onPress: () => void undo(done, intent) },
      }),
    });
    return failed.map(({ userId }) => userId);
  };
  return {
    asked,
    close: () => setAsked(null),
    ask(selected: readonly Member[], intent: Intent) {
      const members = selected.filter((member) => !isFulfilled(member, intent));
      if (members.length === 0) return void showToast({ text: intent.newsOfMany(selected.length) });
      const question = questionOfMany(intent, members);
      if (question !== null) return setAsked({ members, intent, question });
      selection.clear();
      focusBox();
      void run(members, intent).then(selection.selectAgain);
    },
    async confirm({ members, intent }: Asked) {
      const failed = await run(members, intent);
      setAsked(null);
      selection.clear();
      selection.selectAgain(failed);
      onOwnChange();
    },
  };
}
