/** @throws {RangeError} naming the option, and what it may be */
export function assertWithin(option: string, value: number, [least, most]: readonly [number, number]): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${option} must be an integer from ${least} to ${most}`);
}
