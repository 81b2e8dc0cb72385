// What is answered on the resident's page so far: which questions are asked after it, what of it the person does not see
// now, and what is wrong with it, in the words of the judge beside the field.

export class Answers {
  // asking: the steps with a question; words: of the page; evaluate: of conditions.js; forms: answer-forms.js;
  // kept: resident-draft.js; several: resident-several.js, or what stands for it.
  constructor({ asking, words, evaluate, forms, kept, several }) {
    Object.assign(this, { asking, words, evaluate, forms, kept, several });
    this.draws = JSON.parse(words.draws || "{}"); // of each draw: its order, and which blocks belong to whom
    this.withoutWords = new Set(); // steps whose 其他 was asked for its words once
    this.rules = null; // of resident-rules.js, where the questionnaire has rules
    this.narrowing = []; // of resident-offers.js and resident-search.js: what brings a step in line with earlier answers
    this.searches = null; // of resident-search.js, where a list is searched
  }

  // What few questionnaires have: options that hang on an earlier answer, lists that are searched. further(address): a
  // module, or null; changed(): draws the page anew.
  async narrowBy({ form, further, changed }) {
    const { words, evaluate } = this;
    const { attempt } = this.kept;
    const offering = words.offering && await further(words.offering);
    if (offering) this.narrowing.push(new offering.Offers({ form, evaluate, attempt }));
    const [searching, rules] = words.searching ? await Promise.all([words.searching, words.searchRules].map(further)) : [];
    if (!searching || !rules) return;
    this.searches = new searching.Searches({ form, rules, evaluate, attempt, changed });
    this.narrowing.push(this.searches);
  }

  // What stands in a field that is typed into: its value, or what is wrong with it.
  read(field) {
    const { number, units, least, most, list } = field.dataset;
    if (list !== undefined) return this.searches ? this.searches.read(field) : { value: "", fault: "" };
    if (number !== undefined) {
      const rule = { units: JSON.parse(units || "[]"), decimals: Number(number), minimum: least, maximum: most };
      return this.forms.readNumber(field.value, rule);
    }
    if (field.classList.contains("time") && this.forms.readTime) return this.forms.readTime(field.value, { minimum: field.min, maximum: field.max });
    if (field.classList.contains("place") && this.forms.readPlace) return this.forms.readPlace(field.value, field.dataset);
    if (field.classList.contains("date")) return this.forms.readDate(field.value, { minimum: field.min, maximum: field.max });
    return { value: field.value.trim(), fault: "" };
  }

  // Answers as conditions see them: lists for checkboxes, numbers for numbers; nothing of what cannot be meant.
  known(place) {
    const found = {};
    for (const field of this.kept.fields(place)) {
      if (field.type === "checkbox") {
        if (field.checked && !this.several.beyond(field.closest("fieldset"))) (found[field.name] = found[field.name] || []).push(field.value);
      } else if (field.type === "radio") {
        if (field.checked) found[field.name] = field.value;
      } else if (field.options) {
        const codes = this.several.ranked(field.closest("fieldset"));
        if (codes) found[field.name] = codes;
      } else {
        const { value, fault } = this.read(field);
        if (!fault && value !== null && value !== "") found[field.name] = value;
      }
    }
    return found;
  }

  // The steps that apply, in order: what was answered to a question that is not asked decides nothing.
  path() {
    const given = Object.assign({}, this.draws);
    return this.asking.filter((step) => {
      const asked = !step.dataset.ask || this.kept.attempt(() => this.evaluate(JSON.parse(step.dataset.ask), given), true);
      for (const one of this.narrowing) one.refresh(step, given);
      if (asked) Object.assign(given, this.known(step));
      return asked;
    });
  }

  // Fields that hold something the person does not see now: of questions that are not asked after all, and the words of
  // an option that is not ticked. They stay as they are, should they be asked again, and are not sent.
  unseen() {
    const asked = new Set(this.path());
    return this.asking.reduce((all, step) => all.concat(this.kept.fields(step).filter((field) => {
      const more = field.closest(".more");
      return !asked.has(step) || (more && !more.closest("fieldset").querySelector("[data-other]:checked"));
    })), []);
  }

  // Does work while what is not seen takes no part in the form.
  withheld(work) {
    const left = this.unseen();
    for (const field of left) field.disabled = true;
    const done = work();
    for (const field of left) field.disabled = false;
    return done;
  }

  // ---------------------------------------------------------------- faults

  clear(step) {
    for (const line of step.querySelectorAll(".fault")) line.remove();
    for (const field of this.kept.fields(step)) {
      if (field.getAttribute("aria-invalid")) field.removeAttribute("aria-invalid");
    }
  }

  fault(field) {
    if (field.type === "checkbox" || field.options) return this.several.beyond(field.closest("fieldset"));
    if (this.kept.isChoice(field)) return "";
    return field.validity.badInput || this.read(field).fault ? field.dataset.fault || "" : "";
  }

  say(step, field, message) {
    const line = document.createElement("p");
    line.className = "fault";
    line.id = `x-${field.name}`;
    line.setAttribute("role", "alert");
    line.textContent = message;
    const touched = field.options && field.closest("fieldset").querySelector(".ranking");
    if (touched) {
      touched.before(line);
      touched.querySelector("button").focus();
      return;
    }
    if (this.kept.isChoice(field)) {
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
  sound(step) {
    this.clear(step);
    for (const field of this.kept.fields(step)) {
      const message = this.fault(field);
      if (message) {
        this.say(step, field, message);
        return false;
      }
    }
    const given = this.kept.values(step);
    const missing = step.dataset.required && this.kept.fields(step).find((field) => !given[field.name] && !field.closest(".more"));
    // Several may be chosen under one name; in a matrix each row has its own.
    if (missing) this.say(step, missing, step.dataset.required);
    return !missing && !(this.rules && this.rules.broken(step, true));
  }

  // Whether the words of 其他 are still to be asked for: once, for they need not be given.
  wantsWords(step) {
    const field = step.querySelector(".more input");
    const other = step.querySelector("[data-other]:checked");
    if (!field || !other || field.value.trim() || this.withoutWords.has(step.id)) return false;
    this.withoutWords.add(step.id);
    this.say(step, field, this.words.wordsWanted);
    field.removeAttribute("aria-invalid");
    return true;
  }
}
