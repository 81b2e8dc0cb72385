// The resident's page with a script: one question in view, questions that do not apply left out, a draft on the phone,
// and a post that is tried again until the service says it is stored. Without it the page is a plain form.
// Written for WebViews of 2018 (Chrome 63, iOS 11; tests/browser/test_old_webviews.py): older ones take no module, and
// the plain form remains. Newer syntax or functions would do the same to many, or leave a page half working.

const form = document.getElementById("answers");
const words = form.dataset;
const steps = [...form.querySelectorAll(".step")];
const asking = steps.filter((step) => step.dataset.question);
const main = document.getElementById("main");
const DOUBLE_TAP_MS = 350;
const NEAR_PX = 16;

let current = steps[0];
let began = 0;
let turned = null; // the tap that last changed the step
let finished = false; // this phone has submitted by this code, and nobody has begun anew
let attempt, fields, values, Draft, sweep, newId; // of resident-draft.js
let answers; // of resident-answers.js: what is answered so far, and what is wrong with it
let draft; // what this phone keeps
let review; // of resident-review.js
let changing = false; // a question was opened from the review, which is where its button leads back to
const reviewed = document.getElementById("review");
let sending; // of resident-send.js
let same; // resident-same.js
let handing; // of resident-handing.js, on the phone of an interviewer
let rankings = []; // what draws each ranking anew
let several = { beyond: () => "", ranked: () => null, tellTooMany: () => {}, rankByTouch: () => [] }; // resident-several.js

// ---------------------------------------------------------------- the draft

function keep() {
  draft.keep(began, current.id, answers.unseen().map((field) => field.name));
  for (const line of form.querySelectorAll("[data-saved]")) line.textContent = draft.keeps ? words.kept : words.notKept;
}

// ---------------------------------------------------------------- one step in view

function show(step, focus) {
  if (handing && handing.holds(step, () => show(step, true))) return;
  current = step;
  for (const one of steps) one.classList.toggle("here", one === step);
  if (answers.fill) answers.fill.show(form);
  main.classList.toggle("inside", step !== steps[0]);
  const left = answers.path().filter((one) => asking.indexOf(one) > asking.indexOf(step));
  const button = step.querySelector("[data-turn=on]");
  if (button && step.dataset.question) {
    const last = left.length === 0;
    button.textContent = changing ? words.changed : last ? words.check : button.dataset.words;
  }
  // Browsers before :has() would show the words of what is not ticked.
  for (const more of step.querySelectorAll(".more")) more.hidden = !more.closest("fieldset").querySelector("[data-other]:checked");
  for (const draw of rankings) draw();
  if (step === reviewed) review(document.getElementById("review-answers"), answers.path(), words, change);
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

function change(step) {
  changing = true;
  go(step);
}

function turn(back) {
  const asked = answers.path();
  if (current === steps[0]) {
    began = began || Date.now();
    finished = false;
    go(asked[0]);
    return;
  }
  if (current === reviewed) {
    if (back) go(asked[asked.length - 1]);
    else sending.send();
    return;
  }
  const place = asking.indexOf(current);
  if (back) {
    const earlier = asked.filter((step) => asking.indexOf(step) < place);
    go(earlier[earlier.length - 1] || steps[0]);
    return;
  }
  if (!answers.sound(current) || answers.wantsWords(current) || (answers.rules && answers.rules.broken(current, false))) return;
  const following = answers.path().find((step) => asking.indexOf(step) > place);
  const next = changing || !following ? reviewed : following;
  changing = false;
  go(next);
}

// ---------------------------------------------------------------- sending

// Whether all that is asked may be sent; else the first fault is shown.
function ready() {
  const faulty = answers.path().find((step) => !answers.sound(step));
  keep();
  form.elements._seconds.value = began ? Math.round((Date.now() - began) / 1000) : "";
  if (!faulty) return true;
  sending.rest();
  change(faulty);
  setTimeout(() => answers.sound(faulty), 60); // after the step is in view, so that the field keeps the focus
  return false;
}

const page = {
  form,
  words,
  ready,
  withheld: (work) => answers.withheld(work),
  keeps: () => draft.keeps,
  button: () => current.querySelector("[data-turn=on]"),
  answered: () => new Set(answers.path().filter((step) => Object.keys(values(step)).length).map((step) => step.dataset.question)).size,
};

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
  if (field.type === "checkbox") several.tellTooMany(field);
  keep();
  show(current, false);
}

const near = (one, other) => Math.abs(one - other) < NEAR_PX;

// The second half of a double tap falls on the next question, where it would choose whatever stands under the thumb, or
// pass it over. Whoever taps on through what is answered already is not held up.
function stray(event) {
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
  if (!sending.going && stepOfAddress() !== left) turned = event;
}

function submitted(event) {
  // The buttons of the head post the form as it is: the same page comes back with the answers in it.
  const button = event.submitter || document.activeElement;
  if (button && button.classList.contains("tool")) {
    keep();
    const left = answers.unseen();
    for (const field of left) field.disabled = true;
    setTimeout(() => left.forEach((field) => { field.disabled = false; }), 0);
    return;
  }
  event.preventDefault();
  turn(false);
}

const askedAlways = () => true;

async function load() {
  const wanted = [words.draft, words.send, words.review, words.answers, words.answerForms];
  const [kept, send, checked, answered, forms] = await Promise.all(wanted.map((address) => import(address)));
  ({ attempt, fields, values, Draft, sweep, newId } = kept);
  ({ review } = checked);
  let evaluate = askedAlways;
  let calculating = null; // conditions-values.js, where something is calculated
  try {
    const conditions = await import(words.conditions);
    if (words.values) calculating = await conditions.extended(words.values, words.textForms);
    ({ evaluate } = conditions);
  } catch (error) {
    // an interpreter that does not run: everything is asked
  }
  draft = new Draft(form);
  const clock = words.clock && await further(words.clock);
  const positions = words.placeForms && await further(words.placeForms);
  several = (words.several && await further(words.several)) || several;
  const known = Object.assign({}, forms, clock && { readTime: clock.clock(forms) }, positions && { readPlace: positions.place(forms) });
  answers = new answered.Answers({ asking, words, evaluate, forms: known, kept, several });
  await answers.narrowBy({ form, further, changed: () => form.classList.contains("led") && show(current, false) });
  if (words.rulesModule && evaluate !== askedAlways) answers.rules = new (await import(words.rulesModule)).Rules(answers, words);
  if (words.fill) {
    const { Fill } = await import(words.fill);
    answers.fill = new Fill({ answers, worth: calculating && calculating.worth, calculated: JSON.parse(words.filling), and: words.and, inOrder: checked.inOrder });
  }
  same = words.same && await further(words.same);
  if (words.handing) handing = new (await import(words.handing)).Handing(form);
  sending = new send.Sending(page);
  rankings = several.rankByTouch(form, words);
  for (const address of (words.devices || "").split(" ").filter(Boolean)) {
    const device = await further(address);
    if (device) device.offer(form, words, known, draft);
  }
}

// What few questionnaires need. Where it does not come the plain fields remain, and the service judges.
const further = (address) => import(address).catch(() => null);

function listen() {
  form.addEventListener("click", stray, true);
  form.addEventListener("change", changed);
  form.addEventListener("input", keep);
  form.addEventListener("click", clicked);
  form.addEventListener("submit", submitted);
  document.addEventListener("size", keep);
  window.addEventListener("hashchange", () => show(stepOfAddress(), true));
  document.getElementById("look-again").addEventListener("click", () => {
    sending.rest();
    go(reviewed);
  });
  // Kept by the browser as it was when it was left: what was submitted since does not stand here as unsubmitted.
  window.addEventListener("pageshow", (event) => event.persisted && !draft.read() && draft.submittedBefore && location.reload());
}

async function start() {
  if (!window.crypto || !crypto.getRandomValues || !window.fetch) return; // the check page gives the id
  await load();
  const given = Object.keys(values(form)).length > 0;
  sweep();
  const kept = draft.read();
  const own = form.elements.client_id.value;
  if (kept && !given && Object.keys(kept.values).length && same && same.elsewhere(form.elements, kept)) return;
  form.elements.client_id.value = own || (kept && kept.id) || newId();
  began = (kept && kept.began) || 0;
  // What came back with the page is what was sent; the draft of the same answers knows also what was not.
  if (kept && (!given || kept.id === own)) draft.fill(kept);
  for (const button of form.querySelectorAll("[data-turn=on]")) button.dataset.words = button.textContent;
  form.classList.add("led");
  reviewed.hidden = false;
  listen();
  // A correction that was begun beside one question: back to the whole after it.
  changing = "noDraft" in words && stepOfAddress() !== steps[0];
  if (kept && kept.large && !document.documentElement.classList.contains("large")) document.querySelector("[data-large]").click();
  if (kept && !given && Object.keys(kept.values).length) offer(kept);
  else if (!given && draft.submittedBefore) {
    finished = true;
    document.getElementById("done-before").hidden = false;
  }
  show(stepOfAddress(), false);
}

// A draft of an earlier visit is offered, never forced: on a shared phone it may be somebody else's.
function offer(kept) {
  const begin = document.getElementById("start");
  const place = document.getElementById(kept.step);
  begin.textContent = words.goOn;
  begin.addEventListener("click", (event) => {
    if (!place || place === steps[0]) return;
    event.preventDefault();
    event.stopPropagation();
    go(place);
  });
  document.getElementById("kept-before").hidden = false;
  document.getElementById("afresh").addEventListener("click", () => {
    draft.forget();
    const query = new URLSearchParams(location.search);
    query.delete("order");
    query.delete("draw");
    location.replace(`${location.pathname}?${query}`);
  });
}

start();
