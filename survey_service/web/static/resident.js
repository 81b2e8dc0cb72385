// The resident's page with a script: one question in view, questions that do not apply left out, a draft on the phone,
// and a post that is tried again until the service says it is stored. Without it the page is a plain form.
// Written for WebViews of 2018 (Chrome 63, iOS 11; tests/browser/test_old_webviews.py): older ones take no module, and
// the plain form remains. Newer syntax or functions would do the same to many, or leave a page half working.

const form = document.getElementById("answers");
const words = form.dataset;
const steps = [...form.querySelectorAll(".step")];
const asking = steps.filter((step) => step.dataset.question);
const main = document.getElementById("main");
const unsent = document.getElementById("unsent");
const KEY = `draft:${location.pathname}`;
const KEPT_DAYS = 7;
const TIMEOUT_MS = 20000;
const FIRST_WAIT_S = 2;
const LONGEST_WAIT_S = 60;
const DOUBLE_TAP_MS = 350;
const NEAR_PX = 16;

let evaluate = () => true; // until the interpreter is here, and where it cannot run, everything is asked
let current = steps[0];
let began = 0;
let sending = false;
let tried = 0;
let timer = 0;
let turned = null; // the tap that last changed the step
let finished = false; // this phone has submitted by this code, and nobody has begun anew
let keeps = !("noDraft" in words); // whether this phone keeps a draft at all; answers under correction are kept already

// What a phone may refuse, storage above all, is done without where it does.
function attempt(work, otherwise) {
  try {
    return work();
  } catch (error) {
    return otherwise;
  }
}

// ---------------------------------------------------------------- answers

const fields = (place) => [...place.querySelectorAll("input[name], textarea[name]")].filter((one) => one.type !== "hidden");
const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

function values(place) {
  const found = {};
  for (const field of fields(place)) {
    if (isChoice(field) ? !field.checked : !field.value.trim()) continue;
    (found[field.name] = found[field.name] || []).push(field.value);
  }
  return found;
}

function number(field) {
  let text = field.value.normalize("NFKC").trim();
  if (field.dataset.unit && text.endsWith(field.dataset.unit)) text = text.slice(0, -field.dataset.unit.length).trim();
  return /^[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{0,10})?$/.test(text) ? Number(text.replace(/,/g, "")) : NaN;
}

// Answers as conditions see them: lists for checkboxes, numbers for numbers.
function known(place) {
  const found = {};
  for (const field of fields(place)) {
    if (field.type === "checkbox") {
      if (field.checked) (found[field.name] = found[field.name] || []).push(field.value);
    } else if (field.type === "radio") {
      if (field.checked) found[field.name] = field.value;
    } else if (field.value.trim()) {
      found[field.name] = "number" in field.dataset ? number(field) : field.value.trim();
    }
  }
  return found;
}

// The steps that apply, in order: what was answered to a question that is not asked decides nothing.
function path() {
  const given = {};
  return asking.filter((step) => {
    const asked = !step.dataset.ask || attempt(() => evaluate(JSON.parse(step.dataset.ask), given), true);
    if (asked) Object.assign(given, known(step));
    return asked;
  });
}

// ---------------------------------------------------------------- the draft

function read() {
  const draft = "noDraft" in words ? null : attempt(() => JSON.parse(localStorage.getItem(KEY)), null);
  const fresh = draft && draft.version === form.elements._version.value && Date.now() - draft.at < KEPT_DAYS * 864e5;
  return fresh ? draft : null;
}

function keep(sent) {
  const draft = {
    version: form.elements._version.value,
    id: form.elements.client_id.value,
    at: Date.now(),
    began,
    step: current.id,
    values: values(form),
    sent: Boolean(sent),
  };
  try {
    if (!("noDraft" in words)) localStorage.setItem(KEY, JSON.stringify(draft));
    keeps = !("noDraft" in words);
  } catch (error) {
    keeps = false;
  }
  for (const line of form.querySelectorAll("[data-saved]")) line.textContent = keeps ? words.kept : words.notKept;
}

function forget() {
  attempt(() => localStorage.removeItem(KEY));
}

function fill(draft) {
  for (const field of fields(form)) {
    const kept = draft.values[field.name] || [];
    if (isChoice(field)) field.checked = kept.includes(field.value);
    else field.value = kept[0] || "";
  }
}

// That answers came from this phone by this code: a mark without answers and without the receipt. receipt.js sets the
// same one, for posts that went without this script.
const DONE = `done:${location.pathname}`;
const markDone = () => attempt(() => keeps && localStorage.setItem(DONE, "1"));
const submittedBefore = () => attempt(() => Boolean(localStorage.getItem(DONE)), false);

// The page promises seven days: what was begun by any code and never submitted does not stay on the phone for longer.
function sweep() {
  const old = (key) => !(Date.now() - JSON.parse(localStorage.getItem(key)).at < KEPT_DAYS * 864e5);
  const drafts = attempt(() => Object.keys(localStorage).filter((key) => key.startsWith("draft:")), []);
  for (const key of drafts) if (attempt(() => old(key), true)) attempt(() => localStorage.removeItem(key));
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---------------------------------------------------------------- faults, in the words of the judge

function clearFaults(step) {
  for (const line of step.querySelectorAll(".fault")) line.remove();
  for (const field of fields(step)) {
    if (field.getAttribute("aria-invalid")) field.removeAttribute("aria-invalid");
  }
}

function fault(field) {
  if (isChoice(field)) return "";
  if (field.validity.badInput) return field.dataset.fault || "";
  const text = field.value.trim();
  if (!text) return "";
  if ("number" in field.dataset) {
    const value = number(field);
    const { least, most } = field.dataset;
    const decimals = (String(value).split(".")[1] || "").length;
    const fits = !Number.isNaN(value) && !(value < Number(least)) && !(value > Number(most));
    return fits && decimals <= Number(field.dataset.number) ? "" : field.dataset.fault;
  }
  if (field.type === "date" && ((field.min && text < field.min) || (field.max && text > field.max))) return field.dataset.fault;
  return "";
}

function say(step, field, message) {
  const line = document.createElement("p");
  line.className = "fault";
  line.id = `x-${field.name}`;
  line.setAttribute("role", "alert");
  line.textContent = message;
  if (isChoice(field)) {
    const group = field.closest("fieldset");
    group.insertBefore(line, group.querySelector("label, .tiles"));
  } else {
    (field.closest(".with-unit") || field).before(line);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
  }
  field.focus();
}

// Whether the step may be left; else its first fault is said beside the field.
function sound(step) {
  clearFaults(step);
  for (const field of fields(step)) {
    const message = fault(field);
    if (message) {
      say(step, field, message);
      return false;
    }
  }
  if (!step.dataset.required) return true;
  const given = values(step);
  const missing = fields(step).find((field) => !given[field.name] && !field.closest(".more"));
  // Several may be chosen under one name; in a matrix each row has its own.
  if (!missing) return true;
  say(step, missing, step.dataset.required);
  return false;
}

// ---------------------------------------------------------------- one step in view

function show(step, focus) {
  current = step;
  for (const one of steps) one.classList.toggle("here", one === step);
  main.classList.toggle("inside", step !== steps[0]);
  const left = path().filter((one) => asking.indexOf(one) > asking.indexOf(step));
  const button = step.querySelector("[data-turn=on]");
  if (button && step.dataset.question) {
    const last = left.length === 0;
    button.textContent = last ? words.submit : button.dataset.words;
  }
  if (!focus) return;
  const heading = step.querySelector("h2") || document.querySelector("h1");
  const count = step.querySelector(".count");
  if (count) heading.setAttribute("aria-describedby", count.id);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function stepOfAddress() {
  if (finished) return steps[0]; // the back key after 已提交 leads here, not to an empty last question
  const target = document.getElementById(attempt(() => decodeURIComponent(location.hash.slice(1)), ""));
  return (target && target.closest(".step")) || steps[0];
}

function go(step) {
  keep();
  if (stepOfAddress() === step) show(step, true);
  else location.hash = step === steps[0] ? "notice" : step.id; // hashchange shows it, and the phone's own back key works
}

function turn(back) {
  const asked = path();
  if (current === steps[0]) {
    began = began || Date.now();
    finished = false;
    go(asked[0]);
    return;
  }
  const place = asking.indexOf(current);
  if (back) {
    go(asked.filter((step) => asking.indexOf(step) < place).pop() || steps[0]);
    return;
  }
  if (!sound(current)) return;
  const following = path().find((step) => asking.indexOf(step) > place);
  if (following) go(following);
  else send();
}

// ---------------------------------------------------------------- sending

function body() {
  const asked = new Set(path());
  const left = asking.filter((step) => !asked.has(step)).reduce((all, step) => all.concat(fields(step)), []);
  for (const field of left) field.disabled = true;
  const data = new URLSearchParams(new FormData(form));
  for (const field of left) field.disabled = false;
  return data;
}

async function send() {
  if (sending) return; // a double tap is one post
  const faulty = path().find((step) => !sound(step));
  if (faulty) {
    unsent.hidden = true;
    form.hidden = false;
    go(faulty);
    setTimeout(() => sound(faulty), 60); // after the step is in view, so that the field keeps the focus
    return;
  }
  sending = true;
  clearTimeout(timer);
  form.elements._seconds.value = began ? Math.round((Date.now() - began) / 1000) : "";
  keep(true); // marked as sent first: if the page dies now, the receipt page may remove it
  busy(true);
  let outcome;
  try {
    outcome = await post();
  } catch (error) {
    outcome = { why: words.offline, wait: 0 };
  }
  sending = false;
  if (outcome.address) {
    unsent.hidden = true;
    forget();
    markDone();
    location.replace(outcome.address);
  } else if (outcome.native) {
    unsent.hidden = true;
    form.submit(); // the service has something to say: its page says it
  } else {
    keep();
    later(outcome);
  }
}

async function post() {
  const control = typeof AbortController === "function" ? new AbortController() : null;
  const limit = setTimeout(() => control && control.abort(), TIMEOUT_MS);
  try {
    const reply = await fetch(location.pathname, {
      method: "POST",
      body: body(),
      headers: { Accept: "application/json" },
      signal: control ? control.signal : undefined,
    });
    // Whoever stands between, a sign-in page of the network, does not speak for the service.
    const ours = (reply.headers.get("Content-Type") || "").startsWith("application/json");
    if (ours && reply.ok) return await reply.json();
    if (ours && reply.status < 500 && reply.status !== 429) return { native: true };
    const why = ours || reply.status >= 500 ? words.busy : words.offline;
    return { why, wait: Number(reply.headers.get("Retry-After")) || 0 };
  } finally {
    clearTimeout(limit);
  }
}

function busy(on) {
  const button = current.querySelector("[data-turn=on]");
  const again = document.getElementById("again");
  for (const one of [button, again]) {
    if (one && on) one.setAttribute("aria-disabled", "true");
    else if (one) one.removeAttribute("aria-disabled");
  }
  for (const line of form.querySelectorAll("[data-saved]")) {
    if (on) line.textContent = words.sending;
  }
  if (on) document.getElementById("unsent-status").textContent = words.sending;
}

// Not stored: say so, and try again after a while that grows and differs from phone to phone.
function later({ why, wait }) {
  busy(false);
  tried += 1;
  const longest = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (tried - 1));
  const seconds = Math.ceil(Math.max(wait, longest) * (1 + Math.random() / 2));
  const first = unsent.hidden;
  const answered = new Set(path().filter((step) => Object.keys(values(step)).length).map((step) => step.dataset.question));
  document.getElementById("unsent-why").textContent = why + words.safe.replace("{answered}", answered.size);
  document.getElementById("unsent-status").textContent = words.tried.replace("{tried}", tried).replace("{seconds}", seconds);
  for (const line of unsent.querySelectorAll("[data-needs-draft]")) line.hidden = !keeps;
  form.hidden = true;
  unsent.hidden = false;
  if (first) {
    unsent.querySelector("h2").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  timer = setTimeout(send, seconds * 1000);
}

// ---------------------------------------------------------------- wiring

function changed(event) {
  const field = event.target;
  if (field.type === "checkbox" && field.checked) {
    // What stands alone rules the others out, and the other way round.
    for (const one of fields(field.closest("fieldset"))) {
      if (one !== field && one.type === "checkbox" && ("alone" in one.dataset || "alone" in field.dataset)) one.checked = false;
    }
  }
  // Out of sight, not out of place: were it removed now, the button would move away under the finger.
  for (const line of current.querySelectorAll(".fault")) line.classList.add("mended");
  keep();
  show(current, false);
}

// The second half of a double tap falls on the next question, where it would choose whatever stands under the thumb, or
// pass it over. Whoever taps on through what is answered already is not held up.
function stray(event) {
  const near = (one, other) => Math.abs(one - other) < NEAR_PX;
  const passing = event.target.closest("[data-turn]");
  const soon = turned && (event.timeStamp - turned.timeStamp < DOUBLE_TAP_MS || (!passing && event.detail > 1));
  const harmless = !event.detail || (passing && Object.keys(values(current)).length);
  if (soon && !harmless && near(event.clientX, turned.clientX) && near(event.clientY, turned.clientY)) {
    event.preventDefault();
    event.stopPropagation();
  } else {
    turned = null;
  }
}

function clicked(event) {
  const control = event.target.closest("[data-turn], #start");
  if (!control) return;
  event.preventDefault();
  const left = current;
  turn(control.dataset.turn === "back");
  if (!sending && stepOfAddress() !== left) turned = event;
}

function submitted(event) {
  // The buttons of the head post the form as it is: the same page comes back with the answers in it.
  const button = event.submitter || document.activeElement;
  if (button && button.classList.contains("tool")) {
    keep();
    return;
  }
  event.preventDefault();
  turn(false);
}

async function start() {
  if (!window.crypto || !crypto.getRandomValues || !window.fetch) return; // the check page gives the id
  const given = Object.keys(values(form)).length > 0;
  sweep();
  const draft = read();
  try {
    evaluate = (await import(words.conditions)).evaluate;
  } catch (error) {
    evaluate = () => true;
  }
  form.elements.client_id.value = form.elements.client_id.value || (draft && draft.id) || newId();
  began = (draft && draft.began) || 0;
  if (draft && !given) fill(draft);
  for (const button of form.querySelectorAll("[data-turn=on]")) button.dataset.words = button.textContent;
  const last = asking[asking.length - 1].querySelector("[data-turn=on]");
  last.dataset.words = words.submit;
  form.classList.add("led");
  form.addEventListener("click", stray, true);
  form.addEventListener("change", changed);
  form.addEventListener("input", () => keep());
  form.addEventListener("click", clicked);
  form.addEventListener("submit", submitted);
  window.addEventListener("hashchange", () => show(stepOfAddress(), true));
  window.addEventListener("beforeunload", (event) => {
    if (!unsent.hidden) event.preventDefault();
  });
  window.addEventListener("online", () => tried && !unsent.hidden && send());
  document.getElementById("again").addEventListener("click", send);
  document.getElementById("look-again").addEventListener("click", () => {
    clearTimeout(timer);
    unsent.hidden = true;
    form.hidden = false;
    go(path()[0]);
  });
  if (draft && !given && Object.keys(draft.values).length) offer(draft);
  else if (!given && submittedBefore()) {
    finished = true;
    document.getElementById("done-before").hidden = false;
  }
  // Kept by the browser as it was when it was left: what was submitted since does not stand here as unsubmitted.
  window.addEventListener("pageshow", (event) => event.persisted && !read() && submittedBefore() && location.reload());
  show(stepOfAddress(), false);
}

// A draft of an earlier visit is offered, never forced: on a shared phone it may be somebody else's.
function offer(draft) {
  const begin = document.getElementById("start");
  const place = document.getElementById(draft.step);
  begin.textContent = words.goOn;
  begin.addEventListener("click", (event) => {
    if (!place || place === steps[0]) return;
    event.preventDefault();
    event.stopPropagation();
    go(place);
  });
  document.getElementById("kept-before").hidden = false;
  document.getElementById("afresh").addEventListener("click", () => {
    forget();
    location.replace(location.pathname + location.search);
  });
}

start();
