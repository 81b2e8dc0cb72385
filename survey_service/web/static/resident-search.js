// A long list on the resident's page: one field that finds an option by characters, pinyin or initials. The field holds the
// label; the service reads a label as its code. Without the list (a lost network) it is a plain field, and the service
// shows what it found. Only pages with long lists fetch this.

const SHOWN = 20; // results at once
const SETTLED_MS = 120; // between the last key and the search

function made(kind, className, text) {
  const one = document.createElement(kind);
  one.className = className;
  one.textContent = text || "";
  return one;
}

// The codes of an answer: of one choice, of several, or of none.
const codes = (answer) => (Array.isArray(answer) ? answer : answer ? [answer] : []);

class Search {
  constructor({ field, rules, evaluate, attempt, changed }) {
    Object.assign(this, { field, rules, evaluate, attempt, changed });
    this.group = field.closest("fieldset");
    this.narrowing = JSON.parse(field.dataset.narrowing || "{}");
    this.given = {};
    this.list = null;
    this.results = [];
    this.at = -1;
    this.build();
    this.fetch();
  }

  async fetch() {
    try {
      this.list = await this.rules.listAt(this.field.dataset.list);
    } catch (error) {
      return; // the field remains, and the service looks up what is typed
    }
    this.byLabel = {};
    for (const entry of this.list.entries) this.byLabel[entry[1]] = entry;
    this.changed();
    this.open();
  }

  build() {
    const { field } = this;
    const holder = field.closest(".search");
    this.words = holder.dataset;
    this.box = made("ul", "found");
    this.box.id = `l-${field.name}`;
    this.box.setAttribute("role", "listbox");
    this.box.setAttribute("aria-label", this.group.querySelector(".search-label").textContent);
    this.box.hidden = true;
    this.status = made("p", "small quiet");
    this.status.setAttribute("role", "status");
    holder.append(this.box, this.status);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", this.box.id);
    field.addEventListener("focus", () => { if (!this.list) this.fetch(); this.open(); });
    field.addEventListener("click", () => this.open());
    field.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.open(), SETTLED_MS); });
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.close());
    this.box.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.box.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.choose(this.results[[...this.box.children].indexOf(row)]);
    });
    this.group.addEventListener("change", (event) => {
      if (event.target.type === "radio" && event.target.checked && field.value) field.value = "";
    });
  }

  offered(entry) {
    const [code, , parent, tree] = entry;
    const { within, wide, chosen, carried } = this.narrowing;
    if (tree && !this.attempt(() => this.evaluate(tree, this.given), true)) return false;
    const above = codes(this.given[within]);
    if (within && parent && above.length && !above.some((one) => (wide || []).includes(one)) && !above.includes(parent)) return false;
    return !chosen || (carried && !carried.includes(code)) || codes(this.given[chosen]).includes(code);
  }

  // What is typed: the code of an option that is offered; "" with a fault where it is none.
  read() {
    const typed = this.field.value.trim();
    if (!typed || !this.list) return { value: "", fault: "" };
    const entry = this.byLabel[typed];
    return entry && this.offered(entry) ? { value: entry[0], fault: "" } : { value: "", fault: "list" };
  }

  // In line with the answers before it: what is offered no more is put aside.
  refresh(given) {
    this.given = given;
    const { field } = this;
    const typed = field.value.trim();
    const entry = this.list && this.byLabel[typed];
    if (entry && !this.offered(entry)) {
      field.dataset.aside = typed;
      field.value = "";
    } else if (this.list && field.dataset.aside) {
      const back = this.byLabel[field.dataset.aside];
      if (typed) delete field.dataset.aside;
      else if (back && this.offered(back) && !this.group.querySelector("[type=radio]:checked")) {
        field.value = field.dataset.aside;
        delete field.dataset.aside;
      }
    }
  }

  open() {
    if (!this.list || document.activeElement !== this.field) return;
    const whole = this.byLabel[this.field.value.trim()];
    const found = this.rules.matches(whole ? "" : this.field.value, this.list.entries.filter((one) => this.offered(one)), this.list.sounds);
    this.results = found.slice(0, SHOWN);
    this.at = -1;
    this.box.textContent = "";
    this.results.forEach((entry, place) => {
      const row = made("li", "", entry[1]);
      row.id = `${this.box.id}-${place}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(entry === whole));
      this.box.append(row);
    });
    const more = found.length - this.results.length;
    this.box.hidden = !found.length;
    this.field.setAttribute("aria-expanded", String(found.length > 0));
    this.field.removeAttribute("aria-activedescendant");
    this.status.textContent = !found.length ? this.words.none
      : more ? this.words.more.replace("{count}", more) : this.words.found.replace("{count}", found.length);
  }

  close() {
    clearTimeout(this.timer);
    this.box.hidden = true;
    this.status.textContent = "";
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  move(to) {
    const rows = [...this.box.children];
    if (!rows.length) return;
    this.at = (to + rows.length) % rows.length;
    rows.forEach((row, place) => row.classList.toggle("at", place === this.at));
    this.field.setAttribute("aria-activedescendant", rows[this.at].id);
    rows[this.at].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const closed = this.box.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (closed) this.open();
      this.move(event.key === "ArrowDown" ? this.at + 1 : this.at < 0 ? -1 : this.at - 1);
    } else if (event.key === "Escape" && !closed) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && !closed && this.results.length) {
      // Enter takes what the keys lead to, or the only one there is; else it goes on as in every other field.
      const [only, second] = this.results;
      const taken = this.at >= 0 ? this.results[this.at] : !second && this.field.value.trim() ? only : null;
      if (!taken) return;
      event.preventDefault();
      this.choose(taken);
    }
  }

  choose(entry) {
    this.field.value = entry[1];
    delete this.field.dataset.aside;
    for (const one of this.group.querySelectorAll("[type=radio]:checked")) one.checked = false;
    this.close();
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// Many boxes to tick: a field above them leaves those that meet what is typed, and those that are ticked.
function filtered(group, rules) {
  const rows = [...group.querySelectorAll("label.option")];
  const label = made("label", "search-label", group.dataset.filter);
  const field = made("input", "answer");
  field.id = `s-${rows[0].querySelector("input").name}`;
  field.autocomplete = "off";
  label.htmlFor = field.id;
  rows[0].before(label, field);
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  let sounds = {}; // until the list is there characters are found, and pinyin is not
  const narrow = () => {
    const wanted = rules.folded(field.value);
    for (const row of rows) {
      const input = row.querySelector("input");
      const meets = !wanted || input.checked || rules.rank(wanted, input.value, row.querySelector("span").textContent, sounds) >= 0;
      row.classList.toggle("passed-over", !meets);
    }
  };
  field.addEventListener("input", narrow);
  field.addEventListener("focus", async () => {
    try {
      ({ sounds } = await rules.listAt(group.dataset.filterList));
      narrow();
    } catch (error) {
      // found by characters
    }
  });
}

export class Searches {
  // rules: option-search.js; changed(): draws what hangs on the answers anew
  constructor({ form, rules, evaluate, attempt, changed }) {
    this.searches = new Map();
    for (const field of form.querySelectorAll("input[data-list]")) {
      this.searches.set(field, new Search({ field, rules, evaluate, attempt, changed }));
    }
    for (const group of form.querySelectorAll("fieldset[data-filter]")) filtered(group, rules);
  }

  read(field) {
    return this.searches.get(field).read();
  }

  refresh(step, given) {
    const field = step.querySelector("input[data-list]");
    if (field) this.searches.get(field).refresh(Object.assign({}, given));
  }
}
