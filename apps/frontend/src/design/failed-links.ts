/** Otherwise a stylesheet that failed to load counts as loaded when its part is tried again. */
export function removeFailedLinks(): void {
  const remove = ({ target }: Event) => {
    if (target instanceof HTMLLinkElement && /^(stylesheet|modulepreload)$/.test(target.rel)) target.remove();
  };
  document.addEventListener("error", remove, { capture: true }); // the event does not bubble
}
