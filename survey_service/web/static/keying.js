// Keying by keyboard alone. The page works without this module as a plain form; with it a code moves on by itself, what
// the paper cannot mean is said at once, and every box is saved while the next one is keyed.

import { Drafts } from "./keying-draft.js";
import { NoteBox } from "./keying-note.js";
import { chosen, fault, fill, fold, label, MISSING, shortCodes, unlikely } from "./keying-rows.js";

const form = document.getElementById("form");
const find = document.getElementById("find");
const words = form ? JSON.parse(form.dataset.words) : {};
const sheet = form ? JSON.parse(form.dataset.sheet) : { rows: [], contradictions: [] };
const number = document.getElementById("number");
const store = document.getElementById("store");
const say = document.getElementById("say");

const LONGEST_PAUSE = 60; // seconds: a longer one was a break, not work on this form

const state = { serial: "", shown: "", clientId: "", accepted: new Set(), notes: {}, pending: null, last: 0, seconds: 0, strokes: 0, leaving: false, busy: false, offered: "", row: null, open: new Set(), done: new Set() };
let evaluate = () => true;
let drafts = null;
let note = null;

function phrase(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

function clock() {
  return new Date().toLocaleTimeString("zh-CN", { hour12: false });
}

// ---------------------------------------------------------------- rows

const rows = sheet.rows.map((row, place) => {
  const item = document.querySelector(`[data-row="${row.variable}"]`);
  return { ...row, place, item, input: item.querySelector("input"), said: item.querySelector("output"), before: "" };
});
const byVariable = new Map(rows.map((row) => [row.variable, row]));

/** The answers as the conditions see them: codes, numbers, lists of codes; nothing for what is missing. */
function values() {
  const given = {};
  for (const row of rows) {
    const typed = row.input.value.trim();
    if (typed === "" || typed in MISSING || !asked(row, given) || unlikely(row, typed, phrase)) continue;
    if (row.kind === "several") given[row.variable] = chosen(row, typed);
    else if (row.kind === "number") given[row.variable] = Number(typed);
    else given[row.variable] = typed;
  }
  return given;
}

function asked(row, given) {
  return row.askedIf.every((tree) => evaluate(tree, given));
}

/** Says in words what stands in the box, and marks its code in the list of codes. */
function show(row) {
  const typed = row.input.value.trim();
  const codes = row.kind === "several" ? chosen(row, typed) ?? [] : [typed];
  for (const one of row.item.querySelectorAll("[data-code]")) {
    one.classList.toggle("picked", typed !== "" && codes.includes(one.dataset.code));
  }
  if (typed in MISSING) row.said.textContent = words[MISSING[typed]] + (state.notes[row.variable] ? ` · ${state.notes[row.variable]}` : "");
  else if (typed === "" && !asked(row, values())) row.said.textContent = words.notAsked;
  else row.said.textContent = row.codes.length > 0 && typed ? codes.map((code) => label(row, code)).join(" ") : "";
}

function showAll() {
  rows.forEach(show);
}

function focus(row) {
  for (const other of rows) other.item.classList.toggle("now", other === row);
  row.before = row.input.value;
  state.row = row;
  row.input.focus({ preventScroll: true });
  row.input.select();
  row.item.scrollIntoView({ block: "nearest" });
}

function speak(kind, title, text) {
  say.className = `say ${kind}`;
  say.replaceChildren();
  if (title) {
    const mark = document.createElement("span");
    mark.className = `mark ${kind}`;
    mark.textContent = title;
    say.append(mark);
  }
  const said = document.createElement("p");
  said.textContent = text;
  say.append(said);
}

function hush() {
  state.pending = null;
  speak("", "", "");
}

// ---------------------------------------------------------------- moving

function next(row) {
  const given = values();
  const following = rows.slice(row.place + 1).find((one) => one.input.value.trim() !== "" || asked(one, given));
  if (following) {
    focus(following);
    return;
  }
  for (const one of rows) one.item.classList.remove("now");
  speak("ready", "", words.ready);
  store.focus();
}

function back(row) {
  const given = values();
  const earlier = rows.slice(0, row ? row.place : rows.length).reverse();
  const target = earlier.find((one) => one.input.value.trim() !== "" || asked(one, given));
  hush();
  if (target) focus(target);
  else if (row) focus(row);
}

function complain(row, seen, text) {
  const question = row.number || row.variable;
  document.getElementById("strip-error").textContent = phrase("error", { number: state.shown, question, seen: seen || words.empty });
  speak("missed", `! ${words.wrong}`, text);
}

function wrong(row, seen, text) {
  row.input.value = "";
  show(row);
  complain(row, seen, text);
  save();
  row.input.focus();
}

/** What may be right but deserves a look at the paper: a text, or "". */
function doubt(row) {
  const typed = row.input.value.trim();
  const given = values();
  if (typed !== "" && typed !== "." && !asked(row, given)) return words.offPath;
  if (row.required && (typed === "." || typed === "") && asked(row, given)) return words.required;
  const odd = unlikely(row, typed, phrase);
  if (odd) return `${odd} ${words.keep}`;
  const found = sheet.contradictions.find((one) => one.variable === row.variable && evaluate(one.tree, given));
  return found ? `${found.message} ${words.keep}` : "";
}

/** Leaves a box for the next one, unless something has to be said first. */
function commit(row) {
  const typed = row.input.value.trim();
  const bad = fault(row, typed, phrase);
  if (bad) {
    wrong(row, typed, bad);
    return;
  }
  if (typed !== row.before) state.accepted.delete(row.variable);
  showAll();
  save();
  const look = state.accepted.has(row.variable) ? "" : doubt(row);
  if (look) {
    state.pending = row;
    row.said.textContent += ` ! ${words.look}`;
    speak("soft", `! ${words.look}`, look);
    row.input.select();
    return;
  }
  hush();
  next(row);
  if (typed === "/" && !state.notes[row.variable]) speak("soft", "", phrase("noteOffer", { question: row.number || row.variable }));
}

function keep(row) {
  state.accepted.add(row.variable);
  hush();
  showAll();
  save();
  next(row);
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
    if (state.pending === row) keep(row);
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
    complain(row, last, phrase("notACode", { seen: last }));
  }
  if (row.kind !== "one") {
    show(row);
    return;
  }
  const possible = row.codes.filter(([code]) => code.startsWith(typed));
  if (possible.length === 0) wrong(row, typed, phrase("notACode", { seen: typed }));
  else if (possible.length === 1 && possible[0][0] === typed) commit(row);
}

function onKey(row, event) {
  if (event.isComposing) return;
  const empty = row.input.value === "";
  if (event.key === "Enter") {
    event.preventDefault();
    commit(row);
  } else if (event.key === "ArrowUp" || (event.key === "-" && row.kind === "text" && empty)) {
    event.preventDefault();
    back(row);
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    next(row);
  } else if (event.key === "+" && state.pending === row) {
    event.preventDefault();
    keep(row);
  }
}

// ---------------------------------------------------------------- a note on what cannot be read

/** The row that a note is about: where the keyer is, or the one just left as illegible. */
function noteRow() {
  const here = state.row ?? rows[rows.length - 1];
  if (here.input.value.trim() === "/") return here;
  const before = rows.slice(0, here.place).reverse().find((one) => one.input.value.trim() !== "");
  return before?.input.value.trim() === "/" ? before : here;
}

function openNote() {
  const row = noteRow();
  note.ask(phrase("noteAsk", { question: row.number || row.variable }), state.notes[row.variable] ?? "", (text) => {
    hush();
    if (text !== null) {
      if (text) state.notes[row.variable] = text;
      else delete state.notes[row.variable];
      show(row);
      save();
    }
    if (state.row === null) store.focus();
    else focus(state.row);
  });
}

// ---------------------------------------------------------------- what is saved, and what the strip says of it

function save() {
  const fields = {};
  for (const one of rows) if (one.input.value) fields[one.variable] = one.input.value;
  drafts.put({ fields, accepted: [...state.accepted], notes: { ...state.notes }, keystrokes: state.strokes, seconds: Math.round(state.seconds) });
}

/** Says where the boxes are; the truth, also when it is unwelcome. */
function told(kind) {
  const saved = document.getElementById("strip-saved");
  const filled = rows.filter((one) => one.input.value !== "" && one.number);
  const question = filled.length > 0 ? filled[filled.length - 1].number : "–";
  saved.dataset.state = kind;
  saved.textContent = kind === "fresh" ? "–" : phrase(kind === "saved" ? "saved" : "waiting", { question, time: clock() });
  if (kind === "expired") speak("missed", `! ${words.unsaved}`, words.expired);
  if (kind === "lost") speak("missed", `! ${words.unsaved}`, words.lost);
}

function signInAgain() {
  const here = `${location.pathname}?number=${encodeURIComponent(state.serial)}`;
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}

function left() {
  return [...new Set([...JSON.parse(form.dataset.left), ...state.open, ...drafts.numbers()])].filter((one) => !state.done.has(one)).sort();
}
// ---------------------------------------------------------------- one form after the other

function begin(found) {
  const boxes = drafts.open(found.number, found.draft);
  Object.assign(state, { serial: found.number, shown: found.shown, clientId: found.draft.keying_id, accepted: new Set(boxes.accepted), notes: { ...boxes.notes }, last: Date.now(), seconds: boxes.seconds, strokes: boxes.keystrokes, pending: null, leaving: false, offered: "", row: null });
  state.open.add(found.number);
  fill(rows, boxes.fields, found.pictures, (variable) => `${form.dataset.lookup}${found.number}/pictures/${variable}`, words.scanned);
  document.getElementById("strip-number").textContent = found.shown;
  document.getElementById("strip-community").textContent = found.batch ? phrase("batch", { community: found.community, ...found.batch }) : found.community;
  document.getElementById("sheet-pass").textContent = found.pass === "second" ? words.second : words.first;
  document.getElementById("rows").hidden = false;
  find.hidden = true;
  showAll();
  hush();
  const resumed = Object.keys(boxes.fields).length > 0;
  if (resumed) speak("ready", "", found.draft.by_others ? words.resumedOther : words.resumed);
  if (drafts.settled) told(resumed ? "saved" : "fresh");
  const given = values();
  const first = rows.find((row) => row.input.value.trim() === "" && asked(row, given) && !(resumed && row.kind === "text" && beyond(row)));
  if (first) focus(first);
  else store.focus();
}

/** Whether something after this row is keyed: an empty box for words was passed over, not forgotten. */
function beyond(row) {
  return rows.slice(row.place + 1).some((one) => one.input.value.trim() !== "");
}

function askForSerial(text, kind = "ready", begun = "") {
  document.getElementById("rows").hidden = true;
  find.hidden = false;
  number.value = begun;
  state.serial = "";
  state.row = null;
  drafts.close();
  document.getElementById("strip-number").textContent = "–";
  document.getElementById("strip-community").textContent = "–";
  const unfinished = left();
  speak(kind, "", unfinished.length > 0 ? `${text} ${phrase("left", { numbers: unfinished.join("，") })}` : text);
  number.focus();
}

function post(address, body) {
  return fetch(address, { method: "POST", body: JSON.stringify(body), headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf.value } });
}

async function lookUp() {
  const serial = fold(number.value).trim().toUpperCase();
  if (!serial || state.busy) return;
  state.busy = true;
  speak("ready", "", words.look_up);
  try {
    const answer = await post(`${form.dataset.lookup}${encodeURIComponent(serial)}/hold`, { take_over: state.offered === serial });
    const found = await answer.json();
    state.offered = found.error?.code === "E201" ? serial : "";
    if (answer.ok) begin(found);
    else refuse(answer, found);
  } catch {
    speak("missed", "", words.offline);
  } finally {
    state.busy = false;
  }
  if (!state.serial) number.select();
}

function refuse(answer, found) {
  if (answer.status === 401 || found.error?.code === "E004") {
    speak("missed", `! ${words.unsaved}`, words.expired);
    return;
  }
  const refusal = document.documentElement.lang === "en" ? "message" : "message_zh";
  const text = found.messages ? found.messages.filter((one) => one.hard).map((one) => one.message).join(" ") : found.error[refusal];
  speak(found.error?.code === "E201" ? "soft" : "missed", `! ${found.error?.code === "E201" ? words.look : words.wrong}`, text);
  const first = found.messages?.find((one) => one.hard && byVariable.has(one.variable));
  if (first) focus(byVariable.get(first.variable));
}

async function send() {
  const unfilled = rows.find((row) => fault(row, row.input.value.trim(), phrase) && asked(row, values()));
  if (unfilled) {
    focus(unfilled);
    speak("missed", `! ${words.wrong}`, fault(unfilled, unfilled.input.value.trim(), phrase));
    return;
  }
  if (state.busy) return;
  state.busy = true;
  speak("ready", "", words.sending);
  const body = new URLSearchParams(new FormData(form));
  body.set("number", state.serial);
  body.set("client_id", state.clientId);
  body.set("accept", [...state.accepted].join(" "));
  body.set("notes", JSON.stringify(state.notes));
  body.set("seconds", Math.round(state.seconds));
  body.set("keystrokes", state.strokes);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (answer.ok) stored(found);
    else refuse(answer, found);
  } catch {
    speak("missed", "", words.unsent);
    store.focus();
  } finally {
    state.busy = false;
  }
}

function stored(found) {
  drafts.forget(state.serial); // only now: the server has it
  state.done.add(state.serial);
  document.getElementById("strip-forms").textContent = found.forms;
  document.getElementById("strip-rate").textContent = found.per_hour ? phrase("rate", { rate: found.per_hour }) : "";
  const saved = document.getElementById("strip-saved");
  saved.dataset.state = "stored";
  saved.textContent = phrase("stored", { number: found.shown, time: clock() });
  askForSerial(words.next);
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
  for (const row of rows) {
    row.input.addEventListener("input", (event) => onInput(row, event));
    row.input.addEventListener("compositionend", (event) => onInput(row, event));
    row.input.addEventListener("keydown", (event) => onKey(row, event));
    row.input.addEventListener("focus", () => {
      for (const other of rows) other.item.classList.toggle("now", other === row);
      row.before = row.input.value;
      state.row = row;
    });
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
  ({ evaluate } = await import(form.dataset.conditions));
  drafts = new Drafts({ address: form.dataset.save, token: form.elements.csrf.value, prefix: form.dataset.draft, told });
  note = new NoteBox(document.getElementById("note"), say);
  listen();
  const opened = form.elements.number.value;
  if (opened) {
    number.value = opened;
    lookUp();
  } else if (say.textContent.trim() === "") askForSerial(words.next, "ready", number.value); // whoever types before all is here loses nothing
}
