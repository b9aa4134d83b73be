import { Button, type ButtonProps } from "react-aria-components";

/**
 * A button that shows that something is under way. Not by `isPending`: that announces the button by reference, and
 * many of ours are gone by the time that the announcement is read.
 */
export function PendingButton({ isPending, ...props }: ButtonProps & { readonly isPending: boolean }) {
  return (
    <Button {...props} {...(isPending && { "aria-disabled": true, "data-busy": true, onPress: () => {} })} />
  );
}
