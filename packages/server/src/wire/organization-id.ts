/**
 * Whether the text can be an organization's id: 1 to 64 letters, digits, dots, hyphens and underscores. Not `me`, which
 * stands for the user in paths.
 */
export function isOrganizationId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) && text !== "me";
}
