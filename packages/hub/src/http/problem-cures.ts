import { refusals, type RefusalCode } from "@wadi/protocol";

/** What whoever meets a problem can do about it. A new code does not compile until it is here. */
export const cures: Readonly<Record<RefusalCode, string>> = {
  "invalid-request":
    "`errors` names every wrong field by a JSON pointer, with what would be right.",
  "malformed-request":
    "The request line or path is broken. Check what the client or a proxy makes of it.",
  "malformed-body": "`detail` has line and column of the fault. Correct the JSON or YAML.",
  "not-signed-in":
    "Send `Authorization: Bearer <key>` with a key that has neither expired nor been revoked.",
  "not-allowed":
    "`facts.needs` is the permission that is missing. Use a key of a role that has it.",
  "not-found":
    "Check the id. What belongs to others is answered in the same way, so that nothing leaks.",
  "method-not-allowed": "The header `Allow` lists the methods that the path has.",
  "not-acceptable":
    "`facts.types` lists the forms that the reply has. Change or leave out `Accept`.",
  "request-timeout": "Send headers and body without long pauses.",
  "body-too-large":
    "Send less at once. Large inputs are uploaded as files; the operator sets the limits.",
  "unsupported-media-type": "`facts.types` lists what the route takes. Set `Content-Type` to it.",
  "headers-too-large": "Send fewer or shorter headers.",
  "rate-limited":
    "Wait for as many seconds as `Retry-After` says. Arrays submit many jobs at once.",
  overloaded: "Wait for as many seconds as `Retry-After` says, then repeat.",
  "database-unavailable": "Nothing was changed. Repeat after `Retry-After`.",
  "outcome-unknown":
    "It may or may not have been saved. Repeat with the same `Idempotency-Key`: it happens once.",
  stopping: "Repeat: another hub answers, or this one when it is back.",
  "internal-error":
    "Not the caller's fault. Tell the operator `instance`: the hub's log has more under that id.",

  "key-reused": "Use a new `Idempotency-Key` for each new request.",
  "already-exists": "Choose another name.",
  "changed-meanwhile": "Read it again, then decide again.",
  "job-already-final": "Nothing is left to do: the job has ended. Its `state` and `why` say how.",
  "unknown-dependency": "`after` may name jobs of the same tenant only. Check the ids.",
  "unknown-card-model": "`GET /v1/pools` lists the models that the region has.",
  "unknown-upload": "Upload the file first: `PUT /v1/uploads/{sha256}`.",
  "nowhere-to-run":
    "`POST /v1/quotes` says for every pool why not. Ask for less, or for other cards.",
  "exceeds-balance":
    "A job is held at the most that it can cost. Shorten `maxRunTime`, set `maxCost`, or top up.",
  "exceeds-quota": "Ask for fewer cards at once, or have the operator raise the quota.",
  "price-gap": "Within a period every hour of the week needs exactly one price.",

  "join-token-invalid": "Have a new one made: `POST /v1/centres/{id}/join-tokens`.",
  "agent-replaced": "Another agent joined for this centre later. Stop this one, or join again.",
  "journal-unknown": "The agent's state folder is not the one it joined with. Join again.",
  "centre-busy": "Drain the centre and wait until its runs have ended.",

  "wrong-state": "Read it: its state says what can be done next.",
  "needs-another-person": "Have it done with the key of somebody who did not do the step before.",
  "insufficient-funds": "Move at most what the account holds: `GET /v1/ledger/accounts`.",
  unpriced:
    "`facts.tenants` says whose, what, when, how much. Put the list with an item or a `free` entry.",
  "programme-expired": "Grant from a programme that is still open, or make its next version.",
  "exceeds-cap": "Grant less, or make a version of the programme with a higher cap.",
};

/** All problems as a page in Markdown: docs/problems.md. */
export function problemsMarkdown(): string {
  const sections = entries().map(
    ([code, { status, title }]) =>
      `<a id="${code}"></a>\n\n## ${code}\n\n${status}: ${title}.\n\n${cures[code]}`,
  );
  return `# Problems\n\n${intro}\n\n${sections.join("\n\n")}\n`;
}

/** The same as a page that the hub serves; its anchors are what `type` leads to. */
export function problemsHtml(): string {
  const sections = entries().map(
    ([code, { status, title }]) =>
      `<section id="${code}"><h2>${code}</h2><p>${status}: ${html(title)}.</p>` +
      `<p>${html(cures[code])}</p></section>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Wadi: problems</title>
<h1>Problems</h1><p>${html(intro)}</p>
${sections.join("\n")}
</html>
`;
}

const intro =
  "Every error of the API is a problem (RFC 9457): `type` leads here, `code` names it and never " +
  "changes, `detail` says it of the case at hand, `instance` is the request id.";

const entries = () =>
  Object.entries(refusals) as [RefusalCode, { status: number; title: string }][];

/** Escaped, with `code` in code. */
function html(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}
