// The page of a draft: every field saves itself; what is moved, added or left out is saved and the outline shown anew.

import { Keep } from "./draft-keep.js";
import { show as showMoved } from "./draft-moved.js";
import { goTo, show as showProblems, showToFill } from "./draft-problems.js";
import { Saver } from "./draft-saver.js";
import { View } from "./draft-view.js";
import { words } from "./draft-words.js";

const root = document.getElementById("draft");
const outline = document.getElementById("outline");
const keep = new Keep(root.dataset.account, root.dataset.here);
const view = new View(root);
let problems = JSON.parse(root.dataset.problems);
let count = problems.length;
let kind = "saved"; // of what the state line says

function state(now, text) {
  kind = now;
  const line = document.getElementById("state");
  line.dataset.kind = now;
  line.querySelector(".mark").textContent = { saved: "✓", waiting: "…", saving: "…" }[now] ?? "!";
  document.getElementById("state-words").textContent = text ?? (keep.works ? words[now] : words.noKeep);
  document.getElementById("become-button").disabled = now !== "saved" || count > 0;
}

document.getElementById("state").addEventListener("click", () => {
  const box = document.getElementById(kind === "moved" ? "moved" : "to-mend");
  box.scrollIntoView({ block: "start" });
  box.focus();
});

function valueOf(field) {
  return field.type === "checkbox" ? (field.checked ? "true" : "") : field.value;
}

function fieldAt(at, name) {
  return [...outline.querySelectorAll(`[data-at="${CSS.escape(at)}"]`)].find((one) => one.dataset.field === name);
}

function echo(at, name, value) {
  if (!["text.zh", "name.zh", "message.zh"].includes(name)) return;
  for (const one of outline.querySelectorAll(`[data-echo="${CSS.escape(at)}"]`)) one.textContent = value || words.unwritten;
}

/** The values that stand in the system, by which it is known what was there when something is changed. */
function learn() {
  for (const field of outline.querySelectorAll("[data-at]")) field.dataset.was = valueOf(field);
}

/** Fetches the outline as it stands now; what is open stays open, the focus where it was. */
async function redraw(focus) {
  const answer = await fetch(`${root.dataset.here}/outline`);
  if (!answer.ok) return;
  const open = [...outline.querySelectorAll("details[open]")].map((one) => one.dataset.part);
  const text = await answer.text();
  outline.innerHTML = text;
  for (const part of open) {
    const found = outline.querySelector(`details[data-part="${CSS.escape(part)}"]`);
    if (found) found.open = true;
  }
  learn();
  for (const edit of saver.unsaved.filter((one) => one.do === "set")) put(edit);
  showProblems(problems, count);
  focus?.();
}

function put(edit) {
  const field = fieldAt(edit.at, edit.field);
  if (!field) return;
  if (field.type === "checkbox") field.checked = edit.value === "true";
  else field.value = edit.value;
  echo(edit.at, edit.field, edit.value);
}

/** The time of the service, wherever this browser stands: so were the saves before it told. */
function clock() {
  const how = { hour: "2-digit", minute: "2-digit", timeZone: root.dataset.zone };
  return new Date().toLocaleTimeString(document.documentElement.lang === "en" ? "en-GB" : "zh-CN", how);
}

const saver = new Saver(root, keep, {
  state,
  saved(reply, edits, alone) {
    problems = reply.problems;
    count = reply.count;
    document.getElementById("number").value = reply.number;
    showToFill(reply.to_fill);
    for (const edit of edits) {
      const field = edit.do === "set" && fieldAt(edit.at, edit.field);
      if (field) field.dataset.was = edit.value;
    }
    const title = reply.title[document.documentElement.lang === "en" && reply.title.en ? "en" : "zh"];
    if (title) document.getElementById("title").textContent = title.replaceAll("\u200b", "");
    state(saver.waiting.length ? "waiting" : "saved", saver.waiting.length ? undefined : words.saved(reply.number, clock()));
    view.saved(reply.number, count === 0);
    const structural = edits.findLast((edit) => edit.do !== "set" || edit.field === "target");
    if (structural) redraw(() => after(structural));
    else if (!alone) redraw();
    else showProblems(problems, count);
  },
  moved(reply, edits) {
    state("moved", words.movedTitle);
    showMoved(reply, edits, async (decided) => {
      for (const { edit, now } of decided) if (edit.do === "set") edit.was = now;
      const kept = decided.filter((one) => one.mine).map((one) => one.edit);
      saver.sending = null;
      saver.waiting = [...kept, ...saver.waiting];
      await redraw();
      saver.waiting = saver.waiting.slice(kept.length);
      if (!kept.length && !saver.waiting.length) state("saved", words.saved(reply.number, clock()));
      await saver.goOn(reply.number, kept);
    });
  },
  async refused(text, edits) {
    const typed = edits.filter((edit) => edit.do === "set");
    const told = typed.map((edit) => `“${edit.value.slice(0, 40)}”`).join(" ");
    await redraw();
    for (const edit of typed) put(edit); // in its box, to be mended
    state("refused", `${words.refused}${text ?? ""} ${told}`);
  },
});

/** Where the focus goes after something was moved, added or left out. */
function after(edit) {
  if (edit.do === "move") {
    const button = outline.querySelector(`[data-do=move][data-by="${edit.by}"][data-on="${CSS.escape(edit.at)}"]`);
    if (button) {
      const part = button.closest("details");
      if (part) part.open = true;
      button.focus();
    }
  } else if (edit.do === "add") {
    const blank = problems.find((problem) => problem.code === "Q013");
    const field = blank && fieldAt(blank.at, blank.field);
    if (field) goTo(field);
  } else if (edit.do === "remove") {
    document.getElementById("outline").querySelector("summary")?.focus();
  }
}

outline.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.dataset.at) return;
  saver.set(field.dataset.at, field.dataset.field, valueOf(field), field.dataset.was ?? "");
  echo(field.dataset.at, field.dataset.field, field.value);
});

outline.addEventListener("focusin", (event) => {
  const part = event.target.closest("[data-part^='question:']");
  if (part) view.lookAt(part.dataset.part.slice("question:".length));
});

outline.addEventListener("focusout", () => saver.send());

outline.addEventListener("keydown", (event) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const part = event.target.closest("[data-part]");
  if (!part?.querySelector("[data-do=move]")) return;
  event.preventDefault();
  saver.push({ do: "move", at: part.dataset.part, by: event.key === "ArrowUp" ? -1 : 1 });
});

async function askToLeaveOut(at, button) {
  await saver.send();
  if (saver.unsaved.length) {
    state(kind, words.unsavedFirst);
    return;
  }
  const answer = await fetch(`${root.dataset.here}/uses?at=${encodeURIComponent(at)}`);
  if (!answer.ok) return;
  for (const one of outline.querySelectorAll(".leaving")) one.remove();
  const holder = document.createElement("div");
  holder.innerHTML = await answer.text();
  const box = holder.firstElementChild;
  (button.closest(".line, .part-body, .section-line") ?? button.parentElement).after(box);
  box.focus();
  box.querySelector("[data-keep]").addEventListener("click", () => {
    box.remove();
    button.focus();
  });
  box.querySelector("[data-agree]").addEventListener("click", () => {
    saver.push({ do: "remove", at, agreed: box.dataset.agreed });
  });
}

outline.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const { do: deed, on: at } = button.dataset;
  if (deed === "remove") {
    askToLeaveOut(at, button);
  } else if (deed === "move") {
    saver.push({ do: "move", at, by: Number(button.dataset.by) });
  } else if (deed === "add") {
    const chosen = outline.querySelector(`[data-kind-for="${CSS.escape(at)}"]`)?.value ?? "";
    saver.push({ do: "add", at, what: button.dataset.what, type: button.dataset.what === "question" ? chosen : "" });
  } else {
    saver.push({ do: "own_scale", at });
  }
});

for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => {
    for (const one of document.querySelectorAll("[role=tab]")) one.setAttribute("aria-selected", String(one === tab));
    root.classList.toggle("viewing", tab.id === "tab-view");
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") saver.send();
});

learn();
showProblems(problems, count);
showToFill(JSON.parse(root.dataset.fill));
document.getElementById("become-button").disabled = count > 0;
await keep.hold();
for (const left of await keep.adopt()) {
  const edits = [...(left.sending?.edits ?? []), ...left.waiting];
  for (const edit of edits.filter((one) => one.do === "set")) put(edit);
  document.getElementById("state-words").textContent = words.adopted(edits.length);
  await saver.take(left);
}
