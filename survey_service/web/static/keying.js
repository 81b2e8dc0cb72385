// First keying by keyboard alone. The page works without this module as a plain form; with it a code moves on by
// itself, what the paper cannot mean is said at once, and nothing that was keyed is lost before it is stored.

const form = document.getElementById("form");
const find = document.getElementById("find");
const MISSING = { ".": "empty", "*": "refused", "/": "illegible" };
// What a Chinese input method makes of the keys of the number pad.
const FOLDED = { "。": ".", "．": ".", "、": "/", "／": "/", "＊": "*", "×": "*", "－": "-", "—": "-", "−": "-", "＋": "+", "，": "," };

const words = form ? JSON.parse(form.dataset.words) : {};
const sheet = form ? JSON.parse(form.dataset.sheet) : { rows: [], contradictions: [] };
const number = document.getElementById("number");
const store = document.getElementById("store");
const say = document.getElementById("say");

const state = { serial: "", clientId: "", accepted: new Set(), pending: null, begun: 0, strokes: 0, leaving: false, busy: false };
let evaluate = () => true;

function phrase(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

function fold(typed) {
  return [...typed].map((one) => FOLDED[one] ?? one).join("").normalize("NFKC");
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
    if (typed === "" || typed in MISSING || !asked(row, given)) continue;
    if (row.kind === "several") given[row.variable] = chosen(row, typed);
    else if (row.kind === "number") given[row.variable] = Number(typed);
    else given[row.variable] = typed;
  }
  return given;
}

function asked(row, given) {
  return row.askedIf.every((tree) => evaluate(tree, given));
}

/** Codes of several answers, typed as 14 or as 1,4; null where one of them is no code. */
function chosen(row, typed) {
  const known = row.codes.map(([code]) => code);
  if (known.includes(typed)) return [typed];
  const parts = typed.split(/[\s,;]+/).filter(Boolean);
  const codes = parts.length === 1 && shortCodes(row) ? [...parts[0]] : parts;
  return codes.every((code) => known.includes(code)) ? known.filter((code) => codes.includes(code)) : null;
}

function label(row, code) {
  return row.codes.find(([one]) => one === code)?.[1] ?? code;
}

/** Says in words what stands in the box, and marks its code in the list of codes. */
function show(row) {
  const typed = row.input.value.trim();
  const codes = row.kind === "several" ? chosen(row, typed) ?? [] : [typed];
  for (const one of row.item.querySelectorAll("[data-code]")) {
    one.classList.toggle("picked", typed !== "" && codes.includes(one.dataset.code));
  }
  if (typed in MISSING) row.said.textContent = words[MISSING[typed]];
  else if (typed === "" && !asked(row, values())) row.said.textContent = words.notAsked;
  else row.said.textContent = row.codes.length > 0 && typed ? codes.map((code) => label(row, code)).join(" ") : "";
}

function showAll() {
  rows.forEach(show);
}

function focus(row) {
  for (const other of rows) other.item.classList.toggle("now", other === row);
  row.before = row.input.value;
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

function shortCodes(row) {
  return row.codes.every(([code]) => code.length === 1);
}

function complain(row, seen, text) {
  const question = row.number || row.variable;
  document.getElementById("strip-error").textContent = phrase("error", { number: state.serial, question, seen: seen || words.empty });
  speak("missed", `! ${words.wrong}`, text);
}

function wrong(row, seen, text) {
  row.input.value = "";
  show(row);
  complain(row, seen, text);
  save(row);
  row.input.focus();
}

/** What cannot be meant: a text to say, or "" where the answer can stand. */
function fault(row, typed) {
  if (typed in MISSING || row.kind === "text") return "";
  if (typed === "") return words.fill;
  if (row.kind === "one") return row.codes.some(([code]) => code === typed) ? "" : phrase("notACode", { seen: typed });
  if (row.kind === "date") return /^\d{4}[-/.]?\d{1,2}[-/.]?\d{1,2}$/.test(typed) ? "" : words.notADate;
  if (row.kind === "number") {
    const value = Number(typed);
    const low = row.minimum === "" || value >= Number(row.minimum);
    const high = row.maximum === "" || value <= Number(row.maximum);
    const whole = row.decimals > 0 || Number.isInteger(value);
    return Number.isFinite(value) && low && high && whole ? "" : phrase("notANumber", { seen: typed, minimum: row.minimum, maximum: row.maximum });
  }
  const codes = chosen(row, typed);
  if (codes === null) return phrase("notACode", { seen: typed });
  const alone = codes.find((code) => row.exclusive.includes(code));
  return alone && codes.length > 1 ? phrase("alone", { label: label(row, alone) }) : "";
}

/** What may be right but deserves a look at the paper: a text, or "". */
function doubt(row) {
  const typed = row.input.value.trim();
  const given = values();
  if (typed !== "" && typed !== "." && !asked(row, given)) return words.offPath;
  if (row.required && (typed === "." || typed === "") && asked(row, given)) return words.required;
  const found = sheet.contradictions.find((one) => one.variable === row.variable && evaluate(one.tree, given));
  return found ? `${found.message} ${words.keep}` : "";
}

/** Leaves a box for the next one, unless something has to be said first. */
function commit(row) {
  const typed = row.input.value.trim();
  const bad = fault(row, typed);
  if (bad) {
    wrong(row, typed, bad);
    return;
  }
  if (typed !== row.before) state.accepted.delete(row.variable);
  showAll();
  save(row);
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
}

function keep(row) {
  state.accepted.add(row.variable);
  hush();
  showAll();
  save(row);
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

// ---------------------------------------------------------------- the draft on this computer

function draftKey(serial) {
  return `${form.dataset.draft} ${serial}`;
}

function save(row) {
  const kept = { clientId: state.clientId, accepted: [...state.accepted], begun: state.begun, strokes: state.strokes, values: {} };
  for (const one of rows) if (one.input.value) kept.values[one.variable] = one.input.value;
  try {
    localStorage.setItem(draftKey(state.serial), JSON.stringify(kept));
    const question = row.number || rows[Math.max(0, row.place - 1)].number;
    document.getElementById("strip-saved").textContent = phrase("saved", { question, time: clock() });
  } catch {
    // no room or no permission: the form is still in the page
  }
}

function draft(serial) {
  try {
    return JSON.parse(localStorage.getItem(draftKey(serial)));
  } catch {
    return null;
  }
}

function drafts() {
  const start = `${form.dataset.draft} `;
  return Object.keys(localStorage).filter((key) => key.startsWith(start)).map((key) => key.slice(start.length)).sort();
}

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---------------------------------------------------------------- one form after the other

/** ``shown``: the server has filled the boxes; they stay unless this computer holds a draft. */
function begin(serial, community, shown = false) {
  const kept = draft(serial);
  Object.assign(state, { serial, clientId: kept?.clientId ?? newId(), accepted: new Set(kept?.accepted ?? []), begun: kept?.begun ?? Date.now(), strokes: kept?.strokes ?? 0, pending: null, leaving: false });
  if (kept || !shown) {
    for (const row of rows) row.input.value = kept?.values[row.variable] ?? "";
  }
  document.getElementById("strip-number").textContent = serial;
  document.getElementById("strip-community").textContent = community;
  document.getElementById("rows").hidden = false;
  find.hidden = true;
  showAll();
  if (!shown) hush();
  const given = values();
  const first = rows.find((row) => row.input.value.trim() === "" && asked(row, given));
  if (kept) speak("ready", "", words.resumed);
  if (first) focus(first);
  else store.focus();
}

function askForSerial(text, kind = "ready") {
  document.getElementById("rows").hidden = true;
  find.hidden = false;
  number.value = "";
  state.serial = "";
  document.getElementById("strip-number").textContent = "–";
  document.getElementById("strip-community").textContent = "–";
  const left = drafts();
  speak(kind, "", left.length > 0 ? `${text} ${phrase("left", { numbers: left.join(" ") })}` : text);
  number.focus();
}

async function lookUp() {
  const serial = fold(number.value).trim().toUpperCase();
  if (!serial || state.busy) return;
  state.busy = true;
  speak("ready", "", words.look_up);
  try {
    const answer = await fetch(form.dataset.lookup + encodeURIComponent(serial), { headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (answer.ok) begin(found.number, found.community);
    else refuse(answer, found);
  } catch {
    speak("missed", "", words.offline);
  } finally {
    state.busy = false;
  }
  if (!state.serial) number.select();
}

function refuse(answer, found) {
  if (answer.status === 401 || answer.status === 403) {
    speak("missed", "", words.expired);
    return;
  }
  const english = document.documentElement.lang === "en";
  const text = found.messages ? found.messages.filter((one) => one.hard).map((one) => one.message).join(" ") : english ? found.error.message : found.error.message_zh;
  speak("missed", `! ${words.wrong}`, text);
  const first = found.messages?.find((one) => one.hard && byVariable.has(one.variable));
  if (first) focus(byVariable.get(first.variable));
}

async function send() {
  const unfilled = rows.find((row) => fault(row, row.input.value.trim()) && asked(row, values()));
  if (unfilled) {
    focus(unfilled);
    speak("missed", `! ${words.wrong}`, fault(unfilled, unfilled.input.value.trim()));
    return;
  }
  if (state.busy) return;
  state.busy = true;
  speak("ready", "", words.sending);
  const body = new URLSearchParams(new FormData(form));
  body.set("number", state.serial);
  body.set("client_id", state.clientId);
  body.set("accept", [...state.accepted].join(" "));
  body.set("seconds", Math.round((Date.now() - state.begun) / 1000));
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
  localStorage.removeItem(draftKey(state.serial)); // only now: the server has it
  document.getElementById("strip-forms").textContent = found.forms;
  document.getElementById("strip-rate").textContent = found.per_hour ? phrase("rate", { rate: found.per_hour }) : "";
  document.getElementById("strip-saved").textContent = phrase("stored", { number: found.number, time: clock() });
  askForSerial(words.next);
}

function leave() {
  const left = drafts();
  if (left.length > 0 && !state.leaving) {
    state.leaving = true;
    speak("soft", "", phrase("leave", { numbers: left.join(" ") }));
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
    });
  }
  document.addEventListener("keydown", (event) => {
    state.strokes += 1;
    if (event.key === "F4" && state.serial) askForSerial(words.next);
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
  listen();
  const opened = form.elements.number.value;
  if (opened) begin(opened, document.getElementById("strip-community").textContent, true);
  else if (say.textContent.trim() === "") askForSerial(words.next);
}
