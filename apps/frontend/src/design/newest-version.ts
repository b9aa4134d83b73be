/** How long the check may take. Meanwhile nothing says why the code is missing. */
const CHECK_MS = 3_000;

/** Whether the server has this version of the app or another one. `unknown`: it cannot be reached. */
export async function newestVersion(): Promise<"same" | "other" | "unknown"> {
  try {
    const signal = AbortSignal.timeout(CHECK_MS);
    const response = await fetch("/index.html", { cache: "no-store", signal });
    if (!response.ok) return "unknown";
    const page = await response.text();
    const entry = document.querySelector("script[type=module][src]")?.getAttribute("src") ?? "";
    return page.includes(entry) ? "same" : "other";
  } catch {
    return "unknown";
  }
}
