// Texts of the resident's page that are filled with what was answered before: as text, never as markup. Only pages with
// such texts fetch this.

const LONGEST = 60; // characters of an answer that stand in a question

function shortened(words) {
  const line = [...words.split(/\s+/).filter(Boolean).join(" ")];
  return line.length <= LONGEST ? line.join("") : `${line.slice(0, LONGEST).join("")}…`;
}

// A number as a person writes it: 1000000, never 1e-7.
function inDigits(number) {
  const plain = String(number);
  return plain.includes("e") ? number.toFixed(6).replace(/\.?0+$/, "") : plain;
}

export class Fill {
  // answers: resident-answers.js; worth: of conditions.js; calculated: name -> tree; and: what stands between answers;
  // inOrder: of resident-review.js.
  constructor({ answers, worth, calculated, and, inOrder }) {
    Object.assign(this, { answers, worth, calculated, and, inOrder });
  }

  known() {
    const path = this.answers.path();
    return { path, given: Object.assign({}, ...path.map((step) => this.answers.known(step))) };
  }

  // The words of what was answered and is asked; "" where there are none.
  words(name, { path, given }) {
    if (name in this.calculated) {
      const found = this.worth ? this.worth(this.calculated[name], given) : null;
      return typeof found === "number" ? inDigits(found) : shortened(found || "");
    }
    const steps = path.filter((step) => step.dataset.question === name.split(".")[0]);
    const fields = steps.reduce((all, step) => all.concat([...step.querySelectorAll("input, textarea, select")]), []).filter((one) => one.name === name);
    if (given[name] === undefined || fields.length === 0) return "";
    const listed = fields.find((one) => one.dataset.list !== undefined && one.value.trim());
    if (listed) return shortened(listed.value);
    if (fields[0].options) return shortened(this.inOrder(fields));
    const chosen = fields.filter((one) => one.checked && !("missing" in one.dataset));
    if (chosen.length) return shortened(chosen.map((one) => one.parentNode.querySelector("span").textContent).join(this.and));
    if (["radio", "checkbox"].includes(fields[0].type) || fields[0].dataset.list !== undefined) return ""; // who does not know has said nothing to be told again
    return typeof given[name] === "number" ? inDigits(given[name]) : shortened(String(given[name]));
  }

  // Fills the places of the page.
  show(form) {
    const known = this.known();
    for (const place of form.querySelectorAll("[data-slot]")) {
      const words = this.words(place.dataset.slot, known) || place.dataset.words;
      if (place.textContent !== words) place.textContent = words;
    }
  }

  // A message with its places filled; they are written as {q2} or {q2|words}.
  message(pattern, blank) {
    const known = this.known();
    return pattern.replace(/\{([a-z][a-z0-9_.]*)(?:\|([^{}|]*))?\}/g, (_, name, usual) => this.words(name, known) || usual || blank);
  }
}
