/** @throws {RangeError} naming the option and its bounds */
export function assertWithin(option: string, value: number, [least, most]: readonly [number, number]): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${option} must be an integer from ${least} to ${most}`);
}

/** Whether the server takes this as an input `organizationId`. Its 256 characters are code points, not UTF-16 units. */
export function isOrganizationIdInput(value: unknown): value is string {
  return typeof value === "string" && /^.{1,256}$/su.test(value);
}
