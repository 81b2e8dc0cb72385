// One form after the other: found by its number, keyed, handed in, put aside.

import { ask, complain, focus, toStore } from "./keying-boxes.js";
import { page, hush, state, stop } from "./keying-page.js";
import { fold, showPictures } from "./keying-rows.js";
import { clock, phrase, speak, words } from "./keying-say.js";
import { handIn, hold, refusal } from "./keying-server.js";

const form = document.getElementById("form");
const find = document.getElementById("find");
const number = document.getElementById("number");
const store = document.getElementById("store");
const strip = document.getElementById("strip-saved");

function toNumber() {
  number.focus();
  number.select();
}

// ---------------------------------------------------------------- what the strip says of it

/** Says where the boxes are; the truth, also when it is unwelcome. */
export function told(kind) {
  const filled = page.sheet.rows.filter((one) => one.input.value !== "" && one.number);
  const question = filled.length > 0 ? filled[filled.length - 1].number : "–";
  strip.dataset.state = kind;
  strip.textContent = kind === "fresh" ? "–" : phrase(kind === "saved" ? "saved" : "waiting", { question, time: clock() });
  if (kind === "expired") speak("missed", `! ${words.unsaved}`, words.expired);
  if (kind === "lost") leaveForm("missed", `! ${words.unsaved}`, words.lost);
}

function left() {
  return [...new Set([...JSON.parse(form.dataset.left), ...state.open, ...page.drafts.keep.numbers()])].filter((one) => !state.done.has(one)).sort();
}

// ---------------------------------------------------------------- a form comes and goes

/** Shows a form. ``found.draft.keying_id`` null: fetched ahead, and its hold is on the way. */
function begin(found) {
  const boxes = page.drafts.open(found.number, found.draft);
  Object.assign(state, { serial: found.number, shown: found.shown, clientId: found.draft.keying_id, last: Date.now(), seconds: boxes.seconds, strokes: boxes.keystrokes, pending: null, leaving: false, ending: false, offered: "", row: null });
  state.open.add(found.number);
  page.sheet.draws = found.draws ?? {};
  page.sheet.clear(boxes);
  page.sheet.confirmAll(boxes.accepted);
  showPictures(page.sheet.rows, found.pictures, (variable) => `${form.dataset.lookup}${found.number}/pictures/${variable}`, words.scanned);
  document.getElementById("strip-number").textContent = found.shown;
  document.getElementById("strip-community").textContent = found.batch ? phrase("batch", { community: found.community, ...found.batch }) : found.community;
  document.getElementById("sheet-pass").textContent = found.pass === "second" ? words.second : words.first;
  document.getElementById("rows").hidden = false;
  find.hidden = true;
  page.sheet.showAll();
  hush();
  const resumed = Object.keys(boxes.fields).length > 0;
  if (resumed) speak("ready", "", found.draft.by_others ? words.resumedOther : words.resumed);
  if (page.drafts.settled) told(resumed ? "saved" : "fresh");
  const first = page.sheet.first(resumed);
  if (first) focus(first);
  else store.focus();
}

function closeForm() {
  document.getElementById("rows").hidden = true;
  find.hidden = false;
  number.value = "";
  Object.assign(state, { serial: "", row: null, pending: null, hold: null, ending: false });
  page.drafts.close();
  document.getElementById("strip-number").textContent = "–";
  document.getElementById("strip-community").textContent = "–";
}

export function askForSerial(text, kind = "ready", begun = "") {
  closeForm();
  number.value = begun;
  const unfinished = left();
  speak(kind, "", unfinished.length > 0 ? `${text} ${phrase("left", { numbers: unfinished.join("，") })}` : text);
  number.focus();
}

/** The form on the screen is not ours to key: it goes, and nothing typed for it goes anywhere else. */
function leaveForm(kind, title, text) {
  state.open.delete(state.serial);
  closeForm();
  stop(kind, title, text, toNumber);
}

// ---------------------------------------------------------------- found by its number

/** The hold of a form, with what was fetched ahead of the forms behind it. */
async function askForHold(serial, takeOver) {
  const reply = await hold(form, serial, takeOver);
  if (reply.answer.ok) page.upcoming.learn(reply.found);
  return reply;
}

export async function lookUp() {
  const serial = fold(number.value).trim().toUpperCase();
  if (!serial) return;
  page.ahead.hold();
  speak("ready", "", words.look_up);
  await page.drafts.keep.ready;
  const known = page.drafts.keep.get(page.upcoming.serial(serial)) === null ? page.upcoming.take(serial) : null;
  if (known !== null) {
    begin(known);
    state.hold = attach(known);
    page.ahead.release();
    return;
  }
  try {
    const { answer, found } = await askForHold(serial, state.offered === serial);
    state.offered = found.error?.code === "E201" ? serial : "";
    if (answer.ok) {
      begin(found);
      page.ahead.release();
    } else stop(...refusal(answer, found), toNumber);
  } catch {
    stop("missed", "", words.offline, toNumber);
  }
}

/** The hold of a form that is on the screen already. True when it came; else the form has gone, and why was said. */
async function attach(known) {
  for (;;) {
    try {
      const { answer, found } = await askForHold(known.number, false);
      if (state.serial !== known.number || page.drafts.current?.id !== null) return false; // put aside meanwhile
      if (answer.status === 401) {
        speak("missed", `! ${words.unsaved}`, words.expired);
        return false;
      }
      if (!answer.ok) leaveForm(...refusal(answer, found));
      else if (page.upcoming.fits(known, found)) {
        state.clientId = found.draft.keying_id;
        page.drafts.attach(found.draft);
        return true;
      } else leaveForm("missed", `! ${words.look}`, words.changed); // somebody keyed part of it, or a scan was read
      page.drafts.keep.forget(known.number);
      return false;
    } catch {
      if (state.serial !== known.number) return false;
      await new Promise((again) => setTimeout(again, 1000));
    }
  }
}

// ---------------------------------------------------------------- handed in

export async function send() {
  const open = page.sheet.unsettled();
  state.ending = true;
  if (open) {
    focus(open.row);
    if (open.hard) complain(open.row, open.typed, open.text, true);
    else ask(open.row, open.text);
    return;
  }
  page.ahead.hold();
  speak("ready", "", words.sending);
  if (state.hold !== null && !(await state.hold)) {
    if (!page.ahead.stopped) stop("missed", `! ${words.unsaved}`, words.expired, toStore);
    return;
  }
  try {
    const { answer, found } = await handIn(form, {
      number: state.serial, client_id: state.clientId, hold: page.drafts.current.hold, accept: page.sheet.accepted().join(" "),
      notes: JSON.stringify(page.sheet.notes), seconds: Math.round(state.seconds), keystrokes: state.strokes,
    });
    if (answer.ok) stored(found);
    else if (found.messages) doubted(found.messages);
    else stop(...refusal(answer, found), toStore);
  } catch {
    stop("missed", "", words.unsent, toStore);
  }
}

/** The server's own look at the form found something that the page did not. */
function doubted(messages) {
  const first = messages.find((one) => one.hard) ?? messages[0];
  const row = page.sheet.byVariable.get(first.variable);
  if (row === undefined) stop("missed", `! ${words.wrong}`, first.message, toStore);
  else if (first.hard) stop("missed", `! ${words.wrong}`, first.message, () => focus(row));
  else {
    for (const one of messages) page.sheet.ofServer.set(one.variable, { typed: page.sheet.byVariable.get(one.variable)?.input.value.trim(), text: one.message });
    ask(row, `${first.message} ${words.keep}`);
  }
}

function stored(found) {
  page.drafts.keep.forget(state.serial); // only now: the server has it
  state.done.add(state.serial);
  document.getElementById("strip-forms").textContent = found.forms;
  document.getElementById("strip-rate").textContent = found.per_hour ? phrase("rate", { rate: found.per_hour }) : "";
  strip.dataset.state = "stored";
  strip.textContent = phrase("stored", { number: found.shown, time: clock() });
  askForSerial(words.next);
  page.ahead.release();
}

// ---------------------------------------------------------------- left

export function signInAgain() {
  const here = `${location.pathname}?number=${encodeURIComponent(state.serial)}`;
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}

export function leave() {
  const unfinished = left();
  if (unfinished.length > 0 && !state.leaving) {
    state.leaving = true;
    speak("soft", "", phrase("leave", { numbers: unfinished.join("，") }));
    return;
  }
  document.getElementById("leave").submit();
}
