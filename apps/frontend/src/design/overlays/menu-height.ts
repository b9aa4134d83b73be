/** The edge of a popover below its last item. */
const EDGE = 1;

/** The largest height, up to the one given, that cuts no item. The height itself if not even one item fits. */
export function heightOfWhole(bottoms: readonly number[], height: number): number {
  const last = bottoms.findLast((bottom) => bottom + EDGE <= height);
  return last === undefined ? height : last + EDGE;
}
