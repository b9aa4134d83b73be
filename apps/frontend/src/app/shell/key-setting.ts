import { createWatched } from "../../design/watched.ts";

const KEY = "platform.single-keys";

/** Whether `/` and `?` do something in this browser. Who speaks to their computer can switch them off (WCAG 2.1.4). */
export const areKeysOn = createWatched(read());

export function switchKeys(isOn: boolean): void {
  if (isOn) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, "off");
  areKeysOn.set(isOn);
}

function read(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true; // a browser that stores nothing
  }
}
