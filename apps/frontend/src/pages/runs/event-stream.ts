/** What each event of a `text/event-stream` says, as it arrives. `onSign` is called for comments too, which only show life. */
export async function* eventsIn(
  body: ReadableStream<Uint8Array>,
  onSign: () => void,
): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onSign();
      text += decoder.decode(value, { stream: true });
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop() ?? ""; // not complete yet
      for (const block of blocks) {
        const data = dataOf(block);
        if (data !== "") yield data;
      }
    }
  } finally {
    await reader.cancel().catch(() => {}); // it may have failed
  }
}

function dataOf(block: string): string {
  return block
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice("data:".length).trimStart())
    .join("\n");
}

/** Aborts with `outer`, and when there was no sign of life for a while: the first one has to come sooner. */
export function limitSilence(outer: AbortSignal, { firstMs, laterMs }: { firstMs: number; laterMs: number }) {
  const controller = new AbortController();
  const abort = () => controller.abort(outer.reason);
  const giveUp = () => controller.abort(new DOMException("silent for too long", "TimeoutError"));
  let timer = setTimeout(giveUp, firstMs);
  outer.addEventListener("abort", abort);
  if (outer.aborted) abort();
  return {
    signal: controller.signal,
    onSign() {
      clearTimeout(timer);
      timer = setTimeout(giveUp, laterMs);
    },
    end() {
      clearTimeout(timer);
      outer.removeEventListener("abort", abort);
    },
  };
}
