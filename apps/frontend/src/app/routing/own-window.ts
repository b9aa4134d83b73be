/**
 * Opens an empty window or tab, to be sent somewhere later. Browsers allow this only in the press of a button itself.
 * Wherever it goes, it cannot reach this page, and it has no copy of this tab's session.
 * @returns null if the browser has blocked it
 */
export function openOwnWindow(text: string, features = ""): Window | null {
  const opened = open("", "_blank", features);
  if (opened === null) return null;
  opened.sessionStorage.clear(); // a copy of this tab's, while the window is still of our origin
  opened.opener = null;
  const { document } = opened;
  document.title = text;
  document.documentElement.style.colorScheme = "light dark";
  document.body.style.font = "16px system-ui, sans-serif";
  document.body.style.padding = "1rem";
  document.body.textContent = `${text}…`;
  return opened;
}
