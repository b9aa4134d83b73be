import type { Member } from "@platform-api/client";
import { useInsertionEffect, useMemo, useRef, useState } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { announce } from "../../design/announcer.tsx";
import { isStrayClick, noteRowGone } from "../../design/fields/double-click.ts";
import { showToast } from "../../design/overlays/toast.tsx";
import { applied, type Intent, needsConfirmation } from "../../membership/member-intent.ts";
import { isAboutCaller, memberRefusal } from "../../membership/member-refusal.ts";
import { aRole } from "../../organization/role-text.ts";
import { nameOf } from "./lists/member-texts.ts";
import { useUnseenRefusal } from "./lists/use-unseen-refusal.ts";
import type { RowActions } from "./row-actions.ts";

/** The change that a dialog asks about: one of an owner. */
export interface Asked {
  readonly member: Member;
  readonly intent: Intent;
}

interface MemberActionsOptions {
  readonly perform: (member: Member, intent: Intent) => Promise<Member>;
  readonly dismiss: (userId: string) => void;
  readonly focusRow: (userId: string) => void;
  /** Gives back the focus that a removal has moved to another row, because it was refused. */
  readonly focusReturned: (userId: string) => void;
  /** The role or membership of the caller may have changed. */
  readonly onOwnChange: () => void;
}

/** Does what the rows ask for, after a question where one is needed. */
export function useMemberActions(options: MemberActionsOptions) {
  const [asked, setAsked] = useState<Asked | "leave" | null>(null);
  const sayUnseen = useUnseenRefusal();
  const latest = useRef(options);
  useInsertionEffect(() => {
    latest.current = options;
  });
  const stable = useMemo(() => actionsOf({ latest, sayUnseen, setAsked }), [sayUnseen]);
  return { ...stable, asked };
}

interface Surroundings {
  readonly latest: { readonly current: MemberActionsOptions };
  readonly sayUnseen: (name: string, text: string) => void;
  readonly setAsked: (asked: Asked | "leave" | null) => void;
}

function actionsOf({ latest, sayUnseen, setAsked }: Surroundings) {
  const perform = async (member: Member, intent: Intent, { isTold = false } = {}): Promise<boolean> => {
    try {
      await latest.current.perform(member, intent);
    } catch (error) {
      const reason = errorReason(error);
      if (isAboutCaller(reason)) latest.current.onOwnChange();
      sayUnseen(nameOf(member), memberRefusal(reason, intent).text); // otherwise its row says why
      return false;
    }
    if (!isTold && intent.kind !== "remove") announce(newsOf(member, intent));
    return true;
  };
  const offerUndo = (member: Member) =>
    showToast({
      text: "Removed. Access ends within 10 seconds.",
      detail: nameOf(member),
      action: {
        label: "Undo",
        name: `Undo the removal of ${nameOf(member)}`,
        onPress: () => {
          latest.current.focusRow(member.userId);
          void perform(applied(member, { kind: "remove" }), { kind: "restore" });
        },
      },
    });
  const removeAtOnce = async (member: Member) => {
    const closeToast = offerUndo(member);
    if (await perform(member, { kind: "remove" })) return;
    closeToast();
    latest.current.focusReturned(member.userId);
  };
  const restore = async (member: Member, intent: Extract<Intent, { kind: "restore" }>) => {
    if (await perform(member, intent, { isTold: true })) showToast({ text: newsOf(member, intent) });
  };
  const undoable = new Map<string, () => void>();
  const changeRole = async (member: Member, intent: Extract<Intent, { kind: "role" }>) => {
    const { userId, role } = member;
    undoable.get(userId)?.(); // it would go back too far
    const closeToast = showToast({
      text: newsOf(member, intent),
      action: {
        label: "Undo",
        onPress: () => void perform(applied(member, intent), { kind: "role", role }),
      },
    });
    undoable.set(userId, closeToast);
    if (!(await perform(member, intent, { isTold: true }))) closeToast();
  };
  const actions: RowActions = {
    ask(member, intent, press) {
      if (press !== undefined && isStrayClick(press)) return;
      if (press !== undefined && !needsConfirmation(member, intent)) noteRowGone();
      if (needsConfirmation(member, intent)) setAsked({ member, intent });
      else if (intent.kind === "remove") void removeAtOnce(member);
      else if (intent.kind === "role") void changeRole(member, intent);
      else void restore(member, intent);
    },
    askToLeave: () => setAsked("leave"),
    dismiss(userId) {
      noteRowGone(); // the row becomes lower
      latest.current.dismiss(userId);
    },
  };
  return { actions, perform, offerUndo, close: () => setAsked(null) };
}

/** What is said of a change that is done. A removal has a toast of its own. */
function newsOf(member: Member, intent: Exclude<Intent, { kind: "remove" }>): string {
  if (intent.kind === "role") return `${nameOf(member)} is now ${aRole(intent.role)}.`;
  return `${nameOf(member)} is a member again.`;
}
