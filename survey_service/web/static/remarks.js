// Residents' words by keyboard. Each key presses the button that bears it; without this module the buttons do the same.
// An answer that was acted on is fetched alone and put in the place of the old one, so that the list stands still.

const list = document.querySelector(".remarks");
const said = document.querySelector("[data-said]");
const lost = document.querySelector("[data-lost]");
let now = null;
let busy = false;

for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = false;

function answers() {
  return [...list.querySelectorAll("[data-remark]")];
}

function stand(answer, { focus = true } = {}) {
  if (!answer) return;
  now?.classList.remove("now");
  now = answer;
  now.classList.add("now");
  if (focus) now.focus({ preventScroll: true });
  now.scrollIntoView({ block: "nearest" });
}

/** Where a marked passage of the answer begins and ends, in characters as the server counts them; null for none. */
function marked(answer) {
  const words = answer.querySelector("[data-words]");
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!words.contains(range.startContainer) || !words.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.setStart(words, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const begins = [...before.toString()].length;
  const length = [...range.toString()].length;
  return length ? { begins, ends: begins + length } : null;
}

/** Whether the step was recorded or refused: false where no answer came, and the page says so. */
async function send(form, act, passage) {
  const answer = form.closest("[data-remark]");
  const body = new FormData(form);
  body.set("act", act);
  body.set("alone", "1");
  if (passage) {
    body.set("begins", passage.begins);
    body.set("ends", passage.ends);
  }
  busy = true;
  try {
    const reply = await fetch(form.action, { method: "POST", body: new URLSearchParams(body) });
    const made = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById(answer.id);
    if (!made) {
      location.reload(); // signed out, or gone: the page says which
      return false;
    }
    answer.replaceWith(made);
    stand(made);
    const fault = made.querySelector('[role="alert"]');
    said.textContent = fault ? fault.textContent : made.querySelector(".remark-of").textContent;
    return true;
  } catch {
    answer.querySelector("[data-not-recorded]")?.remove();
    form.before(lost.content.cloneNode(true));
    return false;
  } finally {
    busy = false;
  }
}

list.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-acts]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  if (busy) return;
  const act = event.submitter.value;
  const answer = form.closest("[data-remark]");
  stand(answer, { focus: false });
  send(form, act, act === "strike" && !form.elements.words.value ? marked(answer) : null);
});

list.addEventListener("focusin", (event) => stand(event.target.closest("[data-remark]"), { focus: false }));

function move(step) {
  const every = answers();
  const place = now ? every.indexOf(now) : step > 0 ? -1 : every.length;
  const unread = now?.querySelector('[data-key="r"]');
  const next = every[place + step];
  if (step > 0 && unread && next) {
    const form = unread.form;
    send(form, "read").then((done) => done && stand(answers()[place + step]));
    return;
  }
  stand(next);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || busy) return;
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (typing) {
    if (event.key === "Escape" && now) stand(now);
    return;
  }
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (now && /^[a-z0-9]$/.test(event.key)) {
    const button = now.querySelector(`[data-key="${event.key}"]`);
    if (!button) return;
    if (event.key === "s" && !button.form.elements.words.value && !marked(now)) {
      button.form.elements.words.focus(); // nothing is marked: it is typed
    } else button.form.requestSubmit(button);
  } else return;
  event.preventDefault();
});
