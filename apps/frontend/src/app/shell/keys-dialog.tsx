import { Switch } from "react-aria-components";
import { ModalDialog } from "../../design/overlays/dialog.tsx";
import { areKeysOn, switchKeys } from "./key-setting.ts";

const SINGLE: readonly Described[] = [
  { keys: ["/"], what: "Go to the search" },
  { keys: ["?"], what: "Show these keys" },
];
const OTHERS: readonly Described[] = [
  { keys: ["↓"], what: "Go from the search to the first row" },
  { keys: ["Space"], what: "Select the row" },
  { keys: ["Shift", "Space"], what: "Select all rows from the last one to this one" },
  { keys: ["Esc"], what: "Clear the search, or close what is open" },
  { keys: ["F6"], what: "Go to the notifications, such as to Undo, and back" },
];

interface Described {
  /** Pressed together. */
  readonly keys: readonly string[];
  readonly what: string;
}

/** What the keyboard can do, on all pages. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const isOn = areKeysOn.use();
  return (
    <ModalDialog title="Keyboard shortcuts" onClose={onClose}>
      <Keys described={SINGLE} />
      <Switch className="switch keys-switch" isSelected={isOn} onChange={switchKeys}>
        <span className="switch-track" aria-hidden="true" />
        <span>Use these two single keys</span>
      </Switch>
      <Keys described={OTHERS} />
    </ModalDialog>
  );
}

function Keys({ described }: { readonly described: readonly Described[] }) {
  return (
    <dl className="keys">
      {described.map(({ keys, what }) => (
        <div key={what}>
          <dt>
            {keys.map((each) => (
              <kbd key={each}>{each}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
