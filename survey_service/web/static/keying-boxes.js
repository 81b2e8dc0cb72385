// A box of the sheet: where the keys lead, what a key does in it, and what is said before it is left.

import { find } from "./keying-lists.js";
import { page, hush, save, state, stop } from "./keying-page.js";
import { BOXES, chosen, fault, fold, MISSING, placed, shortCodes } from "./keying-rows.js";
import { phrase, speak, words } from "./keying-say.js";

const store = document.getElementById("store");

// ---------------------------------------------------------------- moving

export function focus(row, select = true) {
  for (const other of page.sheet.rows) other.item.classList.toggle("now", other === row);
  row.before = row.input.value;
  state.row = row;
  row.input.focus({ preventScroll: true });
  if (select) row.input.select();
  else row.input.setSelectionRange(row.input.value.length, row.input.value.length);
  row.item.scrollIntoView({ block: "nearest" });
}

export function toStore() {
  for (const one of page.sheet.rows) one.item.classList.remove("now");
  state.row = null;
  store.focus();
}

function next(row) {
  const following = state.ending ? null : page.sheet.after(row);
  if (following) {
    focus(following);
    return;
  }
  speak("ready", "", words.ready);
  toStore();
}

export function back(row) {
  state.ending = false;
  const target = page.sheet.before(row);
  hush();
  if (target) focus(target);
  else if (row) focus(row);
}

// ---------------------------------------------------------------- what stands in a box

export function complain(row, seen, text, select) {
  document.getElementById("strip-error").textContent = phrase("error", { number: state.shown, question: row.name, seen: seen || words.empty });
  stop("missed", `! ${words.wrong}`, text, () => focus(row, select));
}

function wrong(row, seen, text) {
  row.input.value = "";
  page.sheet.show(row);
  save();
  complain(row, seen, text, true);
}

/** Asks whether the paper says so; + answers, and so does another answer. */
export function ask(row, text) {
  state.pending = row;
  focus(row);
  row.said.textContent += ` ! ${words.look}`;
  stop("soft", `! ${words.look}`, text, () => focus(row), true);
}

/** Leaves a box for the next one, unless something has to be said first. */
function commit(row) {
  if (row.kind === "list" && !(row.input.value.trim() in MISSING) && row.input.value.trim() !== "") {
    const typed = row.input.value.trim();
    const found = find(row, typed, page.sheet.values());
    if (found.name) {
      complain(row, typed, phrase(found.name, found.values), true);
      return;
    }
    row.input.value = found.code;
  }
  const typed = row.input.value.trim();
  const bad = fault(row, typed, phrase);
  if (bad) {
    wrong(row, typed, bad);
    return;
  }
  settle(row);
  if (state.pending === null && typed === "/" && !page.sheet.notes[row.variable]) speak("soft", "", phrase("noteOffer", { question: row.name }));
}

function settle(row) {
  page.sheet.showAll();
  save();
  const [doubt] = page.sheet.doubts(row);
  if (doubt) {
    ask(row, doubt.text);
    return;
  }
  hush();
  next(row);
}

function leaveAsWritten(row) {
  page.sheet.confirm(row);
  if (!state.ending || page.sheet.doubts(row).length > 0) {
    settle(row);
    return;
  }
  hush();
  save();
  page.handIn(); // the form was handed in already: this was all it waited for
}

/** Down: what stands in the box is looked at as with Enter. */
function down(row) {
  state.ending = false;
  if (row.input.value.trim() === "") next(row);
  else commit(row);
}

// ---------------------------------------------------------------- keys

/** A box for a code or a number: each key is looked at as it arrives, whatever input method sent it. */
export function onInput(row, event) {
  if (row.kind === "text" || event.isComposing) return;
  const typed = fold(row.input.value);
  const last = typed.slice(-1);
  const others = typed.slice(0, -1);
  if (row.kind === "list" && others) return; // a name or its initials: looked at when the box is left
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
  if (last in MISSING && !(others && (row.decimals > 0 || row.kind === "date" || row.kind === "time"))) {
    row.input.value = last;
    commit(row);
    return;
  }
  row.input.value = typed;
  if (row.kind === "several" && typed !== "" && !/[\s,;]$/.test(typed) && chosen(row, typed) === null && shortCodes(row)) {
    row.input.value = others; // the key that is no code is taken back, what was keyed before it stays
    complain(row, last, phrase("notACode", { seen: last }), false);
  }
  if (row.kind === "ranks" && !/[\s,;>0]$/.test(typed)) {
    if (typed !== "" && placed(row, typed) === null && shortCodes(row)) {
      row.input.value = others;
      complain(row, last, phrase("notACode", { seen: last }), false);
    } else if (shortCodes(row) && typed.length === Number(row.maximum) && BOXES.ranks(row, typed).doubt === "") {
      commit(row); // every rank has its key
      return;
    }
  }
  if (row.kind !== "one") {
    page.sheet.show(row);
    return;
  }
  const possible = row.codes.filter(([code]) => code.startsWith(typed));
  if (possible.length === 0) wrong(row, typed, phrase("notACode", { seen: typed }));
  else if (possible.length === 1 && possible[0][0] === typed) commit(row);
}

export function onKey(row, event) {
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

export function openNote() {
  const row = page.sheet.noted(state.row);
  page.note.ask(phrase("noteAsk", { question: row.name }), page.sheet.notes[row.variable] ?? "", (text) => {
    hush();
    if (text !== null) {
      if (text) page.sheet.notes[row.variable] = text;
      else delete page.sheet.notes[row.variable];
      page.sheet.show(row);
      save();
    }
    if (state.row === null) store.focus();
    else focus(state.row);
  });
}
