import { useState } from "react";
import { Button } from "react-aria-components";
import { Icon } from "../../../design/icon.tsx";
import { reachedByF6 } from "../../../design/overlays/f6.ts";
import { wasByKey } from "../../../design/overlays/toast.tsx";
import type { News } from "./selection.ts";

interface ManyNewsProps {
  readonly news: News;
  readonly onClose: () => void;
}

/** What the last change of many has done, above the rows until it is dismissed. */
export function ManyNews({ news, onClose }: ManyNewsProps) {
  const { text, detail, refused = [], undo } = news;
  const [isByKey] = useState(wasByKey);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div
      className={refused.length > 0 ? "many-news has-refused" : "many-news"}
      role="group"
      aria-label="The last change"
      ref={undo && reachedByF6}
    >
      <p>
        {text} {detail} {undo && isByKey && <span className="toast-key">F6 goes to Undo</span>}
      </p>
      {undo && (
        <Button
          className="button button-small"
          data-undo
          {...(undo.name !== undefined && { "aria-label": undo.name })}
          onPress={() => {
            onClose();
            undo.onPress();
          }}
        >
          Undo
        </Button>
      )}
      <Button className="button button-icon" aria-label="Dismiss" onPress={onClose}>
        <Icon name="close" />
      </Button>
      {refused.length > 0 && (
        <ul>
          {refused.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
