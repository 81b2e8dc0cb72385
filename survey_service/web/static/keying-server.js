// What the keying page asks of the service. Both throw while it cannot be reached.

import { words } from "./keying-say.js";

/** Asks for the hold of a form: the answer, and what was found in it. */
export async function hold(form, serial, takeOver) {
  const answer = await fetch(`${form.dataset.lookup}${encodeURIComponent(serial)}/hold`, {
    method: "POST", body: JSON.stringify({ take_over: takeOver }),
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf.value },
  });
  return { answer, found: await answer.json() };
}

/** Hands in a whole form: its boxes, and what goes with them. */
export async function handIn(form, values) {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  return { answer, found: await answer.json() };
}

/** What to say of a refusal: kind, mark and text. */
export function refusal(answer, found) {
  if (answer.status === 401 || found.error?.code === "E004") return ["missed", `! ${words.unsaved}`, words.expired];
  const text = found.error[document.documentElement.lang === "en" ? "message" : "message_zh"];
  return found.error.code === "E201" ? ["soft", `! ${words.look}`, text] : ["missed", `! ${words.wrong}`, text];
}
