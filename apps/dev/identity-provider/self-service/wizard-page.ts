import { brandOf } from "../login/login-form.ts";
import { type Html, html } from "../pages/html.ts";
import type { Page } from "../pages/page.ts";
import { strategyOf, type TenantConnection } from "../tenant/connection.ts";
import { SELF_SERVICE_STRATEGIES } from "./wizard-address.ts";

/** The first step: which identity provider the company uses. */
export function choicePage(displayName: string, error: string | null): Page {
  const { company, ...page } = frame(displayName, "auth0");
  const content = html`<h1>Connect your identity provider</h1>
<p class="lead">People of ${company} will sign in with it.</p>
<form method="post">
${error === null ? null : html`<p class="error" role="alert">${error}</p>`}
<fieldset>
<legend>Identity provider</legend>
${SELF_SERVICE_STRATEGIES.map(choice)}
</fieldset>
<label class="choice common"><input type="checkbox" name="commonEndpoint">
<span>Use the common endpoint<small>Lets in every Microsoft company, so that the connection is refused.</small></span></label>
<button name="step" value="create">Create connection</button>
</form>
<p class="note">A real wizard would now ask for the addresses and keys of the identity provider. This one makes them up.</p>`;
  return { ...page, title: `Connect your identity provider · ${company}`, content };
}

function choice(strategy: string, index: number): Html {
  const { label } = strategyOf({ strategy });
  return html`<label class="choice"><input type="radio" name="strategy" value="${strategy}" required
  ${index === 0 ? html`checked autofocus` : null}><span>${label}</span></label>`;
}

/** The second step: the connection exists, and nobody can sign in through it yet. */
export function createdPage(connection: TenantConnection): Page {
  const { displayName, strategy, name } = connection;
  const { company, ...page } = frame(displayName, strategy);
  const content = html`<h1>Connection created</h1>
<p class="lead" role="status">Nobody can sign in through it before you enable it.</p>
<dl><dt>Identity provider</dt><dd>${strategyOf(connection).label}</dd><dt>Connection</dt><dd><code>${name}</code></dd></dl>
<form method="post"><button name="step" value="enable" autofocus>Enable</button></form>`;
  return { ...page, title: `Connection created · ${company}`, content };
}

/** The last step. As at Auth0, no link leads back. */
export function enabledPage(connection: TenantConnection): Page {
  const { displayName, strategy } = connection;
  const { company, ...page } = frame(displayName, strategy);
  const content = html`<h1>Connection enabled</h1>
<p class="lead" role="status">People of ${company} can sign in with ${strategyOf(connection).label}.</p>
<p>You can close this tab and go back to Platform.</p>`;
  return { ...page, title: `Connection enabled · ${company}`, content };
}

/** @param displayName such as "Acme (Entra ID)", of which the pages show the company */
function frame(displayName: string, strategy: string) {
  const { company } = brandOf({ displayName, strategy });
  return { company, brand: { company, provider: "Single sign-on set-up" }, strategy };
}
