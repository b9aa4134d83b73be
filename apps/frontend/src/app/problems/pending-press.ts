import { useEffect, useState } from "react";

/** Whether an attempt that the user has asked for is in progress. Automatic retries do not make the button turn. */
export function usePendingPress(isTrying: boolean, onPress: () => void) {
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    if (!isTrying) setAsked(false);
  }, [isTrying]);
  const press = () => {
    setAsked(true);
    onPress();
  };
  return { isPending: isAsked && isTrying, press };
}
