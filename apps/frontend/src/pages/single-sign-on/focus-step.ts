export function stepId(number: number): string {
  return `sso-step-${number}`;
}

/** After the control that had the focus has gone: the heading of its step. */
export function focusStep(number: number): void {
  requestAnimationFrame(() => document.getElementById(stepId(number))?.focus());
}
