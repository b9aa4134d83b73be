import type { RefAttributes } from "react";
import { Button, type ButtonProps } from "react-aria-components";

/**
 * A button that shows that its action is in progress. React Aria's own `isPending` announces the button by reference,
 * and many of our buttons have been removed by the time the announcement is read.
 */
export function PendingButton({
  isPending,
  ...props
}: ButtonProps & RefAttributes<HTMLButtonElement> & { readonly isPending: boolean }) {
  return (
    <Button {...props} {...(isPending && { "aria-disabled": true, "data-busy": true, onPress: () => {} })} />
  );
}
