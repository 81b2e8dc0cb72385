// Keying by keyboard alone. The page works without this module as a plain form; with it a code moves on by itself, what
// the paper cannot mean is said at once, every box is saved while the next one is keyed, and keys typed ahead of the
// network wait for the form they are meant for.

import { Ahead } from "./keying-ahead.js";
import { back, onInput, onKey, openNote } from "./keying-boxes.js";
import { acknowledged, page, state } from "./keying-page.js";
import { Drafts } from "./keying-draft.js";
import { askForSerial, leave, lookUp, send, signInAgain, told } from "./keying-forms.js";
import { Keep } from "./keying-keep.js";
import { NoteBox } from "./keying-note.js";
import { halted, words } from "./keying-say.js";
import { Sheet } from "./keying-sheet.js";
import { Upcoming } from "./keying-upcoming.js";

const form = document.getElementById("form");
const find = document.getElementById("find");
const number = document.getElementById("number");
const store = document.getElementById("store");
const strip = document.getElementById("strip-saved");

const LONGEST_PAUSE = 60; // seconds: a longer one was a break, not work on this form

function listen() {
  for (const row of page.sheet.rows) {
    row.input.addEventListener("input", (event) => onInput(row, event));
    row.input.addEventListener("compositionend", (event) => onInput(row, event));
    row.input.addEventListener("keydown", (event) => onKey(row, event));
    row.input.addEventListener("focus", () => {
      for (const other of page.sheet.rows) other.item.classList.toggle("now", other === row);
      row.before = row.input.value;
      state.row = row;
    });
    row.item.addEventListener("pointerdown", () => page.ahead.acknowledge());
  }
  document.addEventListener("keydown", (event) => {
    const now = Date.now();
    state.strokes += 1;
    state.seconds += Math.min((now - state.last) / 1000, LONGEST_PAUSE);
    state.last = now;
    if (page.note.asking) return;
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
  page.sheet = new Sheet(JSON.parse(form.dataset.sheet));
  page.upcoming = new Upcoming();
  const keep = new Keep({ owner: form.dataset.owner, key: form.dataset.seal, kept: (_, boxes) => (strip.dataset.kept = boxes.sequence) });
  page.drafts = new Drafts({ address: form.dataset.save, token: form.elements.csrf.value, keep, told });
  page.handIn = send;
  page.note = new NoteBox(document.getElementById("note"), document.getElementById("say"));
  page.ahead = new Ahead({ catcher: document.getElementById("ahead"), refused: (swallowed) => halted(swallowed, () => page.ahead.acknowledge()), acknowledged });
  listen();
  await keep.ready;
  const opened = form.elements.number.value;
  if (opened) {
    number.value = opened;
    lookUp();
  } else if (document.getElementById("say").textContent.trim() === "") askForSerial(words.next, "ready", number.value); // whoever types before all is here loses nothing
  else number.focus();
  page.ahead.takeEarly();
} else window.keyedEarly?.stop();
