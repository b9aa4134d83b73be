/** Whether the server takes it for one. Its 256 characters are code points, not UTF-16 units. */
export function isOrganizationName(value: unknown): value is string {
  return typeof value === "string" && /^.{1,256}$/su.test(value);
}
