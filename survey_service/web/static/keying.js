// Keying by keyboard alone. The page works without this module as a plain form; with it a code moves on by itself, what
// the paper cannot mean is said at once, every box is saved while the next one is keyed, and keys typed ahead of the
// network wait for the form they are meant for.

import { Ahead } from "./keying-ahead.js";
import { Drafts } from "./keying-draft.js";
import { Keep } from "./keying-keep.js";
import { NoteBox } from "./keying-note.js";
import { chosen, fault, fold, MISSING, shortCodes, showPictures } from "./keying-rows.js";
import { clock, goingOn, halted, phrase, speak, words } from "./keying-say.js";
import { handIn, hold, refusal } from "./keying-server.js";
import { Sheet } from "./keying-sheet.js";
import { Upcoming } from "./keying-upcoming.js";

const form = document.getElementById("form");
const find = document.getElementById("find");
const number = document.getElementById("number");
const store = document.getElementById("store");
const strip = document.getElementById("strip-saved");

const LONGEST_PAUSE = 60; // seconds: a longer one was a break, not work on this form

// ``hold``: what the server said about the hold of this form, a promise. ``ending``: the form was handed in and came back.
const state = { serial: "", shown: "", clientId: "", pending: null, last: 0, seconds: 0, strokes: 0, leaving: false, offered: "", row: null, hold: null, ending: false, resume: null, open: new Set(), done: new Set() };
let sheet = null;
let drafts = null;
let note = null;
let ahead = null;
let upcoming = null;

// ---------------------------------------------------------------- stopping, and going on

/** Says what is wrong and takes no key until that is acknowledged; then ``resume`` puts the focus back. */
function stop(kind, title, text, resume, keeps = false) {
  speak(kind, title, text);
  state.resume = resume;
  ahead.stop(keeps);
}

function acknowledged() {
  goingOn();
  const resume = state.resume;
  state.resume = null;
  resume?.();
}

function hush() {
  state.pending = null;
  speak("", "", "");
}

// ---------------------------------------------------------------- moving

function focus(row, select = true) {
  for (const other of sheet.rows) other.item.classList.toggle("now", other === row);
  row.before = row.input.value;
  state.row = row;
  row.input.focus({ preventScroll: true });
  if (select) row.input.select();
  else row.input.setSelectionRange(row.input.value.length, row.input.value.length);
  row.item.scrollIntoView({ block: "nearest" });
}

function toStore() {
  for (const one of sheet.rows) one.item.classList.remove("now");
  state.row = null;
  store.focus();
}

function toNumber() {
  number.focus();
  number.select();
}

function next(row) {
  const following = state.ending ? null : sheet.after(row);
  if (following) {
    focus(following);
    return;
  }
  speak("ready", "", words.ready);
  toStore();
}

function back(row) {
  state.ending = false;
  const target = sheet.before(row);
  hush();
  if (target) focus(target);
  else if (row) focus(row);
}

function complain(row, seen, text, select) {
  document.getElementById("strip-error").textContent = phrase("error", { number: state.shown, question: row.name, seen: seen || words.empty });
  stop("missed", `! ${words.wrong}`, text, () => focus(row, select));
}

function wrong(row, seen, text) {
  row.input.value = "";
  sheet.show(row);
  save();
  complain(row, seen, text, true);
}

/** Asks whether the paper says so; + answers, and so does another answer. */
function ask(row, text) {
  state.pending = row;
  focus(row);
  row.said.textContent += ` ! ${words.look}`;
  stop("soft", `! ${words.look}`, text, () => focus(row), true);
}

/** Leaves a box for the next one, unless something has to be said first. */
function commit(row) {
  const typed = row.input.value.trim();
  const bad = fault(row, typed, phrase);
  if (bad) {
    wrong(row, typed, bad);
    return;
  }
  settle(row);
  if (state.pending === null && typed === "/" && !sheet.notes[row.variable]) speak("soft", "", phrase("noteOffer", { question: row.name }));
}

function settle(row) {
  sheet.showAll();
  save();
  const [doubt] = sheet.doubts(row);
  if (doubt) {
    ask(row, doubt.text);
    return;
  }
  hush();
  next(row);
}

function leaveAsWritten(row) {
  sheet.keep(row);
  if (!state.ending || sheet.doubts(row).length > 0) {
    settle(row);
    return;
  }
  hush();
  save();
  send(); // the form was handed in already: this was all it waited for
}

/** Down: what stands in the box is looked at as with Enter. */
function down(row) {
  state.ending = false;
  if (row.input.value.trim() === "") next(row);
  else commit(row);
}

// ---------------------------------------------------------------- keys

/** A box for a code or a number: each key is looked at as it arrives, whatever input method sent it. */
function onInput(row, event) {
  if (row.kind === "text" || event.isComposing) return;
  const typed = fold(row.input.value);
  const last = typed.slice(-1);
  const others = typed.slice(0, -1);
  if (last === "+") {
    row.input.value = others || row.before;
    if (state.pending === row) leaveAsWritten(row);
    return;
  }
  if (last === "-" && !(row.kind === "date" && others)) {
    row.input.value = others || row.before;
    back(row);
    return;
  }
  if (last in MISSING && !(others && (row.decimals > 0 || row.kind === "date"))) {
    row.input.value = last;
    commit(row);
    return;
  }
  row.input.value = typed;
  if (row.kind === "several" && typed !== "" && !/[\s,;]$/.test(typed) && chosen(row, typed) === null && shortCodes(row)) {
    row.input.value = others; // the key that is no code is taken back, what was keyed before it stays
    complain(row, last, phrase("notACode", { seen: last }), false);
  }
  if (row.kind !== "one") {
    sheet.show(row);
    return;
  }
  const possible = row.codes.filter(([code]) => code.startsWith(typed));
  if (possible.length === 0) wrong(row, typed, phrase("notACode", { seen: typed }));
  else if (possible.length === 1 && possible[0][0] === typed) commit(row);
}

function onKey(row, event) {
  if (event.isComposing) return;
  const empty = row.input.value === "";
  if (event.key === "Enter") commit(row);
  else if (event.key === "ArrowUp" || (event.key === "-" && row.kind === "text" && empty)) back(row);
  else if (event.key === "ArrowDown") down(row);
  else if (event.key === "+" && state.pending === row) leaveAsWritten(row);
  else return;
  event.preventDefault();
}

// ---------------------------------------------------------------- a note on what cannot be read

function openNote() {
  const row = sheet.noted(state.row);
  note.ask(phrase("noteAsk", { question: row.name }), sheet.notes[row.variable] ?? "", (text) => {
    hush();
    if (text !== null) {
      if (text) sheet.notes[row.variable] = text;
      else delete sheet.notes[row.variable];
      sheet.show(row);
      save();
    }
    if (state.row === null) store.focus();
    else focus(state.row);
  });
}

// ---------------------------------------------------------------- what is saved, and what the strip says of it

function save() {
  drafts.put({ fields: sheet.fields(), accepted: sheet.accepted(), notes: { ...sheet.notes }, keystrokes: state.strokes, seconds: Math.round(state.seconds) });
}

/** Says where the boxes are; the truth, also when it is unwelcome. */
function told(kind) {
  const filled = sheet.rows.filter((one) => one.input.value !== "" && one.number);
  const question = filled.length > 0 ? filled[filled.length - 1].number : "–";
  strip.dataset.state = kind;
  strip.textContent = kind === "fresh" ? "–" : phrase(kind === "saved" ? "saved" : "waiting", { question, time: clock() });
  if (kind === "expired") speak("missed", `! ${words.unsaved}`, words.expired);
  if (kind === "lost") leaveForm("missed", `! ${words.unsaved}`, words.lost);
}

function signInAgain() {
  const here = `${location.pathname}?number=${encodeURIComponent(state.serial)}`;
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}

function left() {
  return [...new Set([...JSON.parse(form.dataset.left), ...state.open, ...drafts.keep.numbers()])].filter((one) => !state.done.has(one)).sort();
}

// ---------------------------------------------------------------- one form after the other

/** Shows a form. ``found.draft.keying_id`` null: fetched ahead, and its hold is on the way. */
function begin(found) {
  const boxes = drafts.open(found.number, found.draft);
  Object.assign(state, { serial: found.number, shown: found.shown, clientId: found.draft.keying_id, last: Date.now(), seconds: boxes.seconds, strokes: boxes.keystrokes, pending: null, leaving: false, ending: false, offered: "", row: null });
  state.open.add(found.number);
  sheet.clear(boxes);
  sheet.keepAll(boxes.accepted);
  showPictures(sheet.rows, found.pictures, (variable) => `${form.dataset.lookup}${found.number}/pictures/${variable}`, words.scanned);
  document.getElementById("strip-number").textContent = found.shown;
  document.getElementById("strip-community").textContent = found.batch ? phrase("batch", { community: found.community, ...found.batch }) : found.community;
  document.getElementById("sheet-pass").textContent = found.pass === "second" ? words.second : words.first;
  document.getElementById("rows").hidden = false;
  find.hidden = true;
  sheet.showAll();
  hush();
  const resumed = Object.keys(boxes.fields).length > 0;
  if (resumed) speak("ready", "", found.draft.by_others ? words.resumedOther : words.resumed);
  if (drafts.settled) told(resumed ? "saved" : "fresh");
  const first = sheet.first(resumed);
  if (first) focus(first);
  else store.focus();
}

function closeForm() {
  document.getElementById("rows").hidden = true;
  find.hidden = false;
  number.value = "";
  Object.assign(state, { serial: "", row: null, pending: null, hold: null, ending: false });
  drafts.close();
  document.getElementById("strip-number").textContent = "–";
  document.getElementById("strip-community").textContent = "–";
}

function askForSerial(text, kind = "ready", begun = "") {
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

/** The hold of a form, with what was fetched ahead of the forms behind it. */
async function askForHold(serial, takeOver) {
  const reply = await hold(form, serial, takeOver);
  if (reply.answer.ok) upcoming.learn(reply.found);
  return reply;
}

async function lookUp() {
  const serial = fold(number.value).trim().toUpperCase();
  if (!serial) return;
  ahead.hold();
  speak("ready", "", words.look_up);
  await drafts.keep.ready;
  const known = drafts.keep.get(upcoming.serial(serial)) === null ? upcoming.take(serial) : null;
  if (known !== null) {
    begin(known);
    state.hold = attach(known);
    ahead.release();
    return;
  }
  try {
    const { answer, found } = await askForHold(serial, state.offered === serial);
    state.offered = found.error?.code === "E201" ? serial : "";
    if (answer.ok) {
      begin(found);
      ahead.release();
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
      if (state.serial !== known.number || drafts.current?.id !== null) return false; // put aside meanwhile
      if (answer.status === 401) {
        speak("missed", `! ${words.unsaved}`, words.expired);
        return false;
      }
      if (!answer.ok) leaveForm(...refusal(answer, found));
      else if (upcoming.fits(known, found)) {
        state.clientId = found.draft.keying_id;
        drafts.attach(found.draft);
        return true;
      } else leaveForm("missed", `! ${words.look}`, words.changed); // somebody keyed part of it, or a scan was read
      drafts.keep.forget(known.number);
      return false;
    } catch {
      if (state.serial !== known.number) return false;
      await new Promise((again) => setTimeout(again, 1000));
    }
  }
}

async function send() {
  const open = sheet.unsettled();
  state.ending = true;
  if (open) {
    focus(open.row);
    if (open.hard) complain(open.row, open.typed, open.text, true);
    else ask(open.row, open.text);
    return;
  }
  ahead.hold();
  speak("ready", "", words.sending);
  if (state.hold !== null && !(await state.hold)) {
    if (!ahead.stopped) stop("missed", `! ${words.unsaved}`, words.expired, toStore);
    return;
  }
  try {
    const { answer, found } = await handIn(form, {
      number: state.serial, client_id: state.clientId, hold: drafts.current.hold, accept: sheet.accepted().join(" "),
      notes: JSON.stringify(sheet.notes), seconds: Math.round(state.seconds), keystrokes: state.strokes,
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
  const row = sheet.byVariable.get(first.variable);
  if (row === undefined) stop("missed", `! ${words.wrong}`, first.message, toStore);
  else if (first.hard) stop("missed", `! ${words.wrong}`, first.message, () => focus(row));
  else {
    for (const one of messages) sheet.told.set(one.variable, { typed: sheet.byVariable.get(one.variable)?.input.value.trim(), text: one.message });
    ask(row, `${first.message} ${words.keep}`);
  }
}

function stored(found) {
  drafts.keep.forget(state.serial); // only now: the server has it
  state.done.add(state.serial);
  document.getElementById("strip-forms").textContent = found.forms;
  document.getElementById("strip-rate").textContent = found.per_hour ? phrase("rate", { rate: found.per_hour }) : "";
  strip.dataset.state = "stored";
  strip.textContent = phrase("stored", { number: found.shown, time: clock() });
  askForSerial(words.next);
  ahead.release();
}

function leave() {
  const unfinished = left();
  if (unfinished.length > 0 && !state.leaving) {
    state.leaving = true;
    speak("soft", "", phrase("leave", { numbers: unfinished.join("，") }));
    return;
  }
  document.getElementById("leave").submit();
}

function listen() {
  for (const row of sheet.rows) {
    row.input.addEventListener("input", (event) => onInput(row, event));
    row.input.addEventListener("compositionend", (event) => onInput(row, event));
    row.input.addEventListener("keydown", (event) => onKey(row, event));
    row.input.addEventListener("focus", () => {
      for (const other of sheet.rows) other.item.classList.toggle("now", other === row);
      row.before = row.input.value;
      state.row = row;
    });
    row.item.addEventListener("pointerdown", () => ahead.acknowledge());
  }
  document.addEventListener("keydown", (event) => {
    const now = Date.now();
    state.strokes += 1;
    state.seconds += Math.min((now - state.last) / 1000, LONGEST_PAUSE);
    state.last = now;
    if (note.asking) return;
    if (event.key === "F2" && state.serial) openNote();
    else if (event.key === "F4" && state.serial) askForSerial(words.next);
    else if (event.key === "F8") signInAgain();
    else if (event.key === "F9") leave();
    else if (event.target === store && (event.key === "-" || event.key === "ArrowUp")) back(null);
    else return;
    event.preventDefault();
  });
  find.addEventListener("submit", (event) => {
    event.preventDefault();
    lookUp();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
}

if (form && find) {
  sheet = new Sheet(JSON.parse(form.dataset.sheet));
  upcoming = new Upcoming();
  const keep = new Keep({ owner: form.dataset.owner, key: form.dataset.seal, kept: (_, boxes) => (strip.dataset.kept = boxes.sequence) });
  drafts = new Drafts({ address: form.dataset.save, token: form.elements.csrf.value, keep, told });
  note = new NoteBox(document.getElementById("note"), document.getElementById("say"));
  ahead = new Ahead({ catcher: document.getElementById("ahead"), refused: (swallowed) => halted(swallowed, () => ahead.acknowledge()), acknowledged });
  listen();
  await keep.ready;
  const opened = form.elements.number.value;
  if (opened) {
    number.value = opened;
    lookUp();
  } else if (document.getElementById("say").textContent.trim() === "") askForSerial(words.next, "ready", number.value); // whoever types before all is here loses nothing
  else number.focus();
  ahead.takeEarly();
} else window.keyedEarly?.stop();
