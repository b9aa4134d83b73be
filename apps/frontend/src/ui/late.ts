import { useEffect, useState } from "react";

/** After how long nothing is no longer usual. */
const USUAL_MS = 4_000;

/** Whether what has not come yet takes longer than it should. */
export function useIsLate(): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), USUAL_MS);
    return () => clearTimeout(timer);
  }, []);
  return isLate;
}
