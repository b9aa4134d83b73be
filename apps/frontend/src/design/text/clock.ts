/** How often relative times are looked at again. */
const TICK_MS = 30_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Calls while the page is visible, every 30 s and when it becomes visible again. One timer serves all. */
export function subscribeToClock(onTick: () => void): () => void {
  listeners.add(onTick);
  if (listeners.size === 1) {
    document.addEventListener("visibilitychange", follow);
    run();
  }
  return () => {
    listeners.delete(onTick);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", follow);
    clearInterval(timer);
  };
}

function follow(): void {
  if (document.visibilityState === "visible") tick();
  run();
}

function run(): void {
  clearInterval(timer);
  if (document.visibilityState === "visible") timer = setInterval(tick, TICK_MS);
}

function tick(): void {
  for (const listener of [...listeners]) listener();
}
