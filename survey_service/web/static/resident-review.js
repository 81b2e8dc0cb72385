// 请核对 on the phone: every answer in words with its 修改 beside it, before anything is sent.

function add(parent, kind, text, className) {
  const made = document.createElement(kind);
  made.textContent = text || "";
  if (className) made.className = className;
  parent.appendChild(made);
  return made;
}

function chosen(place) {
  return [...place.querySelectorAll("input:checked")].map((one) => one.parentNode.querySelector("span").textContent.trim());
}

// What was put in order: ① 停车 ② 路灯.
export function inOrder(fields) {
  const ranked = fields.filter((one) => one.value);
  return ranked.map((one, place) => `${"①②③④⑤⑥⑦⑧⑨⑩"[place]} ${one.selectedOptions[0].textContent}`).join("　");
}

// What one step holds, row by row: [words of the row or "", answer or ""].
function rows(step, words) {
  const items = [...step.querySelectorAll("fieldset.item")];
  if (items.length) {
    return items.map((item) => [item.querySelector("legend").textContent, chosen(item).join(words.and)]);
  }
  const other = step.querySelector("[data-other]:checked") && step.querySelector(".more input");
  const written = other && other.value.trim();
  const typed = step.querySelector("textarea.answer, input.answer:not([name$='.other'])");
  if (!step.querySelector("fieldset") && typed) {
    const unit = typed.value.trim() && typed.dataset.unit && !typed.value.trim().endsWith(typed.dataset.unit) ? ` ${typed.dataset.unit}` : "";
    return [["", typed.value.trim() + unit]];
  }
  const listed = step.querySelector("input[data-list]");
  if (listed && listed.value.trim()) return [["", listed.value.trim()]];
  const order = inOrder([...step.querySelectorAll("select")]);
  if (order) return [["", order]];
  const said = chosen(step).join(words.and);
  return [["", written ? words.withWords.replace("{answer}", said).replace("{words}", written) : said]];
}

// Draws the answers of the steps that are asked into the list; change(step) is called by the button beside a question.
export function review(list, steps, words, change) {
  list.textContent = "";
  for (const step of steps) {
    const heading = step.querySelector("h2");
    if (!step.querySelector(".count")) continue; // a note asks nothing
    const line = add(list, "div");
    const question = add(line, "dt", "");
    const count = step.querySelector(".count").textContent;
    add(question, "span", count, "count");
    question.appendChild(document.createTextNode(heading.textContent));
    if ("handed" in step.dataset) {
      add(add(line, "dd"), "span", words.notShown, "quiet");
      continue;
    }
    for (const [item, answer] of rows(step, words)) {
      const told = add(line, "dd", item ? item + words.colon : "");
      add(told, answer ? "b" : "span", answer || words.nothing, answer ? "" : "quiet");
    }
    const button = add(add(line, "dd", "", "change"), "button", words.change, "plain");
    button.type = "button";
    add(button, "span", count, "vh");
    button.addEventListener("click", () => change(step));
  }
}
