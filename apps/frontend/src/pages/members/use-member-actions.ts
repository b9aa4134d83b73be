import type { Member } from "@platform-api/client";
import { useInsertionEffect, useMemo, useRef, useState } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { announce } from "../../design/announcer.tsx";
import { isStrayClick, noteRowGone } from "../../design/fields/double-click.ts";
import type { Question } from "../../design/overlays/confirm-dialog.tsx";
import { showToast } from "../../design/overlays/toast.tsx";
import { isAboutCaller } from "../../organization/member-refusal.ts";
import { nameOf, personOf } from "./lists/member-texts.ts";
import { useUnseenRefusal } from "./lists/use-unseen-refusal.ts";
import { applied, type Intent, memberRefusal } from "./member-intents.ts";
import type { RowActions } from "./row-actions.ts";

/** The change that a dialog asks about: one of an owner. */
export interface Asked {
  readonly member: Member;
  readonly intent: Intent;
  readonly question: Question;
}

interface MemberActionsOptions {
  /** The caller. */
  readonly userId: string;
  readonly perform: (member: Member, intent: Intent) => Promise<Member>;
  /** A toast tells of this member. */
  readonly onTold: (userId: string, closeToast: () => void) => void;
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
  /** Resolves with whether it was done. Of a removal a toast tells. */
  const perform = async (member: Member, intent: Intent, isTold = intent.isRemoval): Promise<boolean> => {
    try {
      await latest.current.perform(member, intent);
    } catch (error) {
      const reason = errorReason(error);
      if (isAboutCaller(reason)) latest.current.onOwnChange();
      sayUnseen(nameOf(member), memberRefusal(reason, intent).text); // otherwise its row says why
      return false;
    }
    if (!isTold) announce(intent.news(member));
    return true;
  };
  const tell = (member: Member, intent: Intent) => {
    const { isRemoval } = intent;
    const name = nameOf(member);
    const undo = intent.undo?.(member);
    const closeToast = showToast({
      text: intent.news(member),
      ...(isRemoval && { detail: personOf(member) }),
      ...(undo && {
        action: {
          label: "Undo",
          ...(isRemoval && { name: `Undo the removal of ${name}` }),
          onPress() {
            if (isRemoval) latest.current.focusRow(member.userId);
            void perform(applied(member, intent), undo);
          },
        },
      }),
    });
    latest.current.onTold(member.userId, closeToast);
    return closeToast;
  };
  /** Told at once, with its undo. */
  const doAtOnce = async (member: Member, intent: Intent) => {
    const { userId } = member;
    const done = perform(member, intent, true); // it closes what was told before
    const closeToast = tell(member, intent);
    if (await done) return;
    closeToast();
    if (intent.isRemoval) latest.current.focusReturned(userId);
  };
  const doAndTell = async (member: Member, intent: Intent) => {
    if (await perform(member, intent, true)) tell(member, intent);
  };
  const actions: RowActions = {
    ask(member, intent, press) {
      if (press !== undefined && isStrayClick(press)) return;
      const question = intent.question(member, member.userId === latest.current.userId);
      if (question !== null) return setAsked({ member, intent, question });
      if (press !== undefined) noteRowGone();
      void (intent.undo === null ? doAndTell : doAtOnce)(member, intent);
    },
    askToLeave: () => setAsked("leave"),
    dismiss(userId) {
      noteRowGone(); // the row becomes lower
      latest.current.dismiss(userId);
    },
  };
  return { actions, perform, tell, close: () => setAsked(null) };
}
