import { useEffect } from "react";
import { createPart, usePart } from "../part.ts";
import { createWatched } from "../watched.ts";
import { closePlainToast, PlainToast, showPlainToast } from "./plain-toast.tsx";
import type { ToastContent } from "./toast-content.ts";

const load = () => import("./toast-region.tsx");
const region = createPart(async () => (await load()).ToastRegion);

/** Loads the code of toasts ahead of their use. */
export const preloadToasts = region.preload;

const isNeeded = createWatched(false);
/** How often all toasts were closed. One whose code arrives afterwards is not shown. */
let closings = 0;
/** Whether the user has pressed a key last, and not the pointer. */
let isByKey = false;
export const wasByKey = () => isByKey;

/**
 * Says what has happened, and what can still be done about it, for ten seconds or longer.
 * @returns a function that closes it, for what turns out not to have happened
 */
export function showToast(toast: ToastContent): () => void {
  isNeeded.set(true);
  const before = closings;
  const content = { ...toast, isByKey };
  const add = ({ toasts }: Awaited<ReturnType<typeof load>>) => {
    const key = toasts.add(content, { timeout: 10_000 });
    return () => toasts.close(key);
  };
  // What the user did is seen first: the toast comes with the picture after it.
  const shown = Promise.all([region.load(), nextPicture()]).then(async ([{ status }]) => {
    if (closings !== before) return () => {};
    return status === "ready" ? add(await load()) : showPlainToast(toast);
  });
  return () => void shown.then((close) => close());
}

function nextPicture(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Closes every toast, when a session ends. */
export function closeToasts(): void {
  closings++;
  closePlainToast();
  if (isNeeded.get() && region.current().status === "ready") void load().then(({ toasts }) => toasts.clear());
}

/** Where toasts appear. One for the whole app. */
export function ToastHost() {
  const isShown = isNeeded.use();
  useEffect(() => {
    const note = ({ type }: Event) => {
      isByKey = type === "keydown";
    };
    for (const type of ["keydown", "pointerdown"]) addEventListener(type, note, true);
    return () => {
      for (const type of ["keydown", "pointerdown"]) removeEventListener(type, note, true);
    };
  }, []);
  return (
    <>
      {isShown && <Region />}
      <PlainToast />
    </>
  );
}

function Region() {
  const state = usePart(region);
  return state.status === "ready" ? <state.Component /> : null;
}
