interface ToastAction {
  readonly label: string;
  /** The label and what it is about, for screen readers: several toasts may have the same text. */
  readonly name?: string;
  readonly onPress: () => void;
}

export interface ToastContent {
  readonly text: string;
  /** Whom or what it is about, on a line of its own. */
  readonly detail?: string;
  /** What the user can still do about it. */
  readonly action?: ToastAction;
  /** Whether a key was pressed for it: then it says which key leads to the action. */
  readonly isByKey?: boolean;
}
