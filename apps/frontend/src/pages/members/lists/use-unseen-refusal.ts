import { useCallback, useEffect, useRef } from "react";
import { showToast } from "../../../design/overlays/toast.tsx";

/** @returns a function that says a refusal in a toast if the list whose row would say it is not on the page any more */
export function useUnseenRefusal(): (name: string, text: string) => void {
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return useCallback((name, text) => {
    if (!isShown.current) showToast({ text: `${name}: ${text}` });
  }, []);
}
