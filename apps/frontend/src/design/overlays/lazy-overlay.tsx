import { type ComponentType, useEffect, useEffectEvent } from "react";
import { isOffline } from "../offline.ts";
import { createPart, usePart } from "../part.ts";
import { showPlainToast } from "./plain-toast.tsx";

interface Closable {
  readonly onClose: () => void;
}

const preloads = new Set<() => Promise<void>>();
let closeReport = () => {};

/** Loads every menu and dialog that the loaded code can open, one after another. */
export async function preloadOverlays(): Promise<void> {
  for (const preload of preloads) await preload();
}

/** A menu or a dialog whose code is loaded on intent. If it cannot be loaded, it closes and a toast says why. */
export function lazyOverlay<Props extends Closable>(fetchCode: () => Promise<ComponentType<Props>>) {
  const part = createPart(fetchCode);
  preloads.add(part.preload);
  function Overlay(props: Props) {
    const state = usePart(part);
    const close = useEffectEvent(props.onClose);
    useEffect(() => {
      let isOpen = true;
      void part.load().then(({ status }) => {
        if (!isOpen) return;
        closeReport();
        if (status === "ready") return;
        closeReport = status === "outdated" ? reportNewVersion() : reportMissing();
        close();
      });
      return () => {
        isOpen = false;
      };
    }, []);
    return state.status === "ready" ? <state.Component {...props} /> : null;
  }
  return { Overlay, preload: () => void part.preload() };
}

function reportMissing(): () => void {
  const next = isOffline() ? "You are offline." : "Try again in a moment.";
  return showPlainToast({ text: `This part of the page could not be loaded. ${next}` });
}

function reportNewVersion(): () => void {
  const action = { label: "Reload", onPress: () => location.reload() };
  return showPlainToast({ text: "A new version is available.", action });
}
