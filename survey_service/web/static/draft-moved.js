// Somebody else saved first: who, when and what; and for every change that is not saved yet both sides, to choose from.

import { words } from "./draft-words.js";

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function choice(number, value, label, text, checked) {
  const line = element("label", "", "side-choice");
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = `moved-${number}`;
  radio.value = value;
  radio.checked = checked;
  line.append(radio, element("b", label), element("span", text || words.empty, "both-words"));
  return line;
}

/** What the person has to say about one edit of theirs; without a question where nobody else touched it. */
function question(edit, told, number) {
  const group = element("fieldset", "", "group moved-one");
  group.append(element("legend", edit.do === "set" ? told.name : `${told.name} · ${words.deed[edit.do]}`));
  if (told.now === null) {
    group.append(element("p", `${words.gone} · ${words.mine}: ${edit.value || words.deed[edit.do] || ""}`, "small"));
    return { group, chosen: () => "theirs" };
  }
  if (edit.do !== "set" || told.now === edit.was || told.now === edit.value) {
    const text = edit.do === "set" ? `${words.mine}: ${edit.value || words.empty}` : words.deed[edit.do];
    group.append(element("p", `${text}（${words.same}）`, "small"));
    return { group, chosen: () => "mine" };
  }
  group.append(choice(number, "mine", words.mine, edit.value, false), choice(number, "theirs", words.theirs, told.now, false));
  return { group, chosen: () => group.querySelector("input:checked")?.value };
}

/** Shows what happened; `decided(edits)` is called with those that are to be saved on top. */
export function show(reply, edits, decided) {
  const box = document.getElementById("moved");
  const title = element("h2", words.movedTitle);
  title.id = "moved-title";
  const saves = element("ul", "", "bullets small");
  for (const one of reply.saves) {
    const item = element("li", "");
    item.append(element("b", `${one.name} ${one.at}`), ` ${one.deeds.join("；")}${one.more ? ` ${words.more(one.more)}` : ""}`);
    saves.append(item);
  }
  const questions = edits.map((edit, number) => question(edit, reply.mine[number], number));
  const missing = element("p", words.chooseFirst, "fault");
  missing.hidden = true;
  missing.setAttribute("role", "alert");
  const button = element("button", words.goOn, "btn");
  button.type = "button";
  button.addEventListener("click", () => {
    const chosen = questions.map((one) => one.chosen());
    missing.hidden = chosen.every(Boolean);
    if (!missing.hidden) return;
    box.hidden = true;
    box.replaceChildren();
    decided(edits.map((edit, at) => ({ edit, now: reply.mine[at].now, mine: chosen[at] === "mine" })));
  });
  const end = element("p", "");
  end.append(button);
  box.replaceChildren(title, saves, element("p", words.movedWhat), ...questions.map((one) => one.group), missing, end);
  box.hidden = false;
  // Whoever is typing goes on typing; the line of the state leads here.
  if (!document.activeElement?.matches("#outline input, #outline textarea, #moved *")) box.focus();
}
