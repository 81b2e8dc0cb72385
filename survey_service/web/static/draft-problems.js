// Everything that `check` finds, where it is: beside its field, and in a list with the way there.

import { words } from "./draft-words.js";

const MOST = 8; // in the list; the others are beside their fields

function fieldOf(problem) {
  const inputs = [...document.querySelectorAll(`[data-at="${CSS.escape(problem.at)}"]`)];
  return inputs.find((one) => one.dataset.field === problem.field)
    ?? inputs.find((one) => problem.field && one.dataset.field.startsWith(`${problem.field}.`));
}

function partOf(problem) {
  return document.querySelector(`[data-part="${CSS.escape(problem.at)}"]`);
}

function sentence(problem) {
  const element = document.createElement("span");
  element.className = "fault";
  element.textContent = problem.said;
  return element;
}

function clear() {
  for (const one of document.querySelectorAll("#outline .fault")) one.remove();
  for (const one of document.querySelectorAll("#outline .faulty")) one.classList.remove("faulty");
  for (const one of document.querySelectorAll("#outline [aria-invalid]")) {
    one.removeAttribute("aria-invalid");
    one.removeAttribute("aria-describedby");
  }
}

function mark(problem, number) {
  const field = fieldOf(problem);
  const said = sentence(problem);
  said.id = `fault-${number}`;
  if (field) {
    const holder = field.closest(".entry, .line") ?? field.parentElement;
    holder.classList.add("faulty");
    if (holder.classList.contains("entry")) field.before(said);
    else holder.append(said);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", said.id);
    return field;
  }
  const part = partOf(problem);
  if (!part) return null;
  (part.querySelector(":scope > .part-body") ?? part).prepend(said);
  part.classList.add("faulty");
  return part;
}

/** Opens what an element lies in, and brings the focus to it. */
export function goTo(element) {
  for (let outer = element.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
  if (!element.matches("input, textarea, select")) {
    const inner = element.matches("details") ? element.querySelector("summary") : element;
    if (!inner.matches("summary")) inner.tabIndex = -1;
    inner.focus();
    return;
  }
  element.focus();
  element.scrollIntoView({ block: "center" });
}

/** Shows `problems` of a draft of which `count` were found in all. */
export function show(problems, count) {
  clear();
  const box = document.getElementById("to-mend");
  const heading = document.createElement("h2");
  heading.id = "to-mend-title";
  heading.textContent = words.toMend(count);
  const list = document.createElement("ul");
  list.className = "bullets small";
  problems.forEach((problem, number) => {
    const where = mark(problem, number);
    if (number >= MOST) return;
    const item = document.createElement("li");
    if (where) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.textContent = problem.message;
      button.addEventListener("click", () => goTo(where));
      item.append(button);
    } else {
      item.textContent = problem.said;
    }
    list.append(item);
  });
  if (count > MOST) {
    const rest = document.createElement("li");
    rest.textContent = words.andMore(count - MOST);
    list.append(rest);
  }
  box.replaceChildren(...(count ? [heading, list] : []));
  box.hidden = !count;
}

/** Lists the fields that only the city can fill; nothing is wrong with them, but no wave opens before they are. */
export function showToFill(places) {
  const box = document.getElementById("to-fill");
  const heading = document.createElement("h2");
  heading.id = "to-fill-title";
  heading.textContent = words.toFill(places.length);
  const list = document.createElement("ul");
  list.className = "bullets small";
  for (const place of places.slice(0, MOST)) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = place.name;
    button.addEventListener("click", () => {
      const field = fieldOf(place);
      if (field) goTo(field);
    });
    item.append(button);
    list.append(item);
  }
  if (places.length > MOST) {
    const rest = document.createElement("li");
    rest.textContent = words.andMore(places.length - MOST);
    list.append(rest);
  }
  box.replaceChildren(...(places.length ? [heading, list] : []));
  box.hidden = !places.length;
}
