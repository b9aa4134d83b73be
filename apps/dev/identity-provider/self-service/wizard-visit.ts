/** What an administrator does in the wizard, after opening it. Every step throws the error that the page shows. */
export interface WizardVisit {
  /** Creates the connection, through which nobody can sign in yet. */
  create(strategy: string, options?: { readonly isCommonEndpoint?: boolean }): Promise<void>;
  /** Lets the people of the connection sign in. */
  enable(): Promise<void>;
}

/** Opens the wizard of a ticket without a browser. @throws with the error of the page */
export async function openWizard(ticketUrl: string): Promise<WizardVisit> {
  const url = await visit(ticketUrl);
  return {
    create: async (strategy, { isCommonEndpoint = false } = {}) => {
      await visit(url, { step: "create", strategy, ...(isCommonEndpoint && { commonEndpoint: "on" }) });
    },
    enable: async () => {
      await visit(url, { step: "enable" });
    },
  };
}

/** @returns the address at the end of the redirects */
async function visit(url: string, form?: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(url, form && { method: "POST", body: new URLSearchParams(form) });
  const page = await response.text();
  if (response.ok) return response.url;
  const [, alert = `the wizard answers with ${response.status}`] = /role="alert">([^<]*)</.exec(page) ?? [];
  throw new Error(alert);
}
