import { useMutation } from "@tanstack/react-query";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { useApp } from "../session/app-context.ts";

const TIMEOUT_MS = 10_000;

const TEXTS = {
  none: "Nothing in your inbox or your spam folder?",
  sent: "It can take a minute to arrive.",
  wait: "An e-mail is on its way. Wait a minute before you ask for another.",
  failed: "The e-mail could not be sent. Try again in a moment.",
} as const;

interface VerificationProps {
  /** Null if the identity provider cannot send the e-mail again. */
  readonly url: string | null;
  /** Whether the user has said too early that the address is verified. */
  readonly isEarly: boolean;
}

export function Verification({ url, isEarly }: VerificationProps) {
  return (
    <>
      <p className="problem-next" role="status">
        {isEarly && "Not verified yet: open the link in the e-mail, then press again."}
      </p>
      {url !== null && <VerificationEmail url={url} />}
    </>
  );
}

/** Sends the verification e-mail again. */
function VerificationEmail({ url }: { readonly url: string }) {
  const { token, email } = useApp();
  const sending = useMutation({
    mutationFn: () => token.call((accessToken) => send(url, accessToken)),
    retry: false,
  });
  const outcome = sending.isError ? "failed" : (sending.data ?? "none");
  const address = outcome === "sent" && email !== null && `Sent to ${email}. `;
  return (
    <div className="verification">
      <p className="verification-text" role="status">
        {address}
        {TEXTS[outcome]}
      </p>
      <PendingButton className="button" isPending={sending.isPending} onPress={() => sending.mutate()}>
        Send the e-mail again
      </PendingButton>
    </div>
  );
}

/** @throws if there is no answer */
async function send(url: string, accessToken: string | null): Promise<keyof typeof TEXTS> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { ok, status } = await fetch(url, { method: "POST", headers, signal });
  if (status === 429) return "wait";
  return ok ? "sent" : "failed";
}
