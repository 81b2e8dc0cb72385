// The boxes of a form: what stands in them as the conditions see it, and what about them deserves a look at the paper.

import { evaluate, extend } from "./conditions.js";
import * as values from "./conditions-values.js";
import { fetchLists, fitted, offered } from "./keying-lists.js";
import { chosen, fault, label, MISSING, placed, unlikely, value } from "./keying-rows.js";
import { phrase, words } from "./keying-say.js";
import { fits } from "./text-forms.js";

extend(values, fits);

export class Sheet {
  constructor({ rows, contradictions, today }) {
    this.today = today;
    this.draws = {}; // of the form that is open: the order of its blocks, and which belong to whom
    this.contradictions = contradictions;
    this.rows = rows.map((row, place) => {
      const item = document.querySelector(`[data-row="${row.variable}"]`);
      return { ...row, place, item, input: item.querySelector("input"), said: item.querySelector("output"), name: row.number || row.variable, before: "" };
    });
    this.byVariable = new Map(this.rows.map((row) => [row.variable, row]));
    this.notes = {};
    this.confirmed = new Set(); // what the paper says all the same: a doubt with the answers that it was about
    this.ofServer = new Map(); // what the server doubts, by variable
    fetchLists(this.rows, (row) => this.show(row));
  }

  clear({ fields, notes }) {
    for (const row of this.rows) row.input.value = fields[row.variable] ?? "";
    this.notes = { ...notes };
    this.confirmed.clear();
    this.ofServer.clear();
  }

  fields() {
    return Object.fromEntries(this.rows.filter((row) => row.input.value).map((row) => [row.variable, row.input.value]));
  }

  /** The answers as the conditions see them: codes, numbers, lists of codes; nothing for what is missing. */
  values() {
    const given = { ...this.draws };
    for (const row of this.rows) {
      const typed = row.input.value.trim();
      if (typed === "" || typed in MISSING || !this.asked(row, given) || unlikely(fitted(row, given), typed, phrase)) continue;
      if (this.notOffered(row, typed, given) === "") given[row.variable] = value(row, typed);
    }
    return given;
  }

  /** The code that the answers before it do not offer; "" where all are offered. */
  notOffered(row, typed, given) {
    const found = value(row, typed);
    const codes = Array.isArray(found) ? found : [found];
    return codes.find((code) => typeof code === "string" && code !== "" && !offered(row, code, given)) ?? "";
  }

  asked(row, given) {
    return row.askedIf.every((tree) => evaluate(tree, given));
  }

  /** Says in words what stands in the box, and marks its code in the list of codes. */
  show(row) {
    const typed = row.input.value.trim();
    const codes = row.kind === "several" ? chosen(row, typed) ?? [] : row.kind === "ranks" ? (placed(row, typed) ?? []).filter(Boolean) : [typed];
    for (const one of row.item.querySelectorAll("[data-code]")) {
      one.classList.toggle("picked", typed !== "" && codes.includes(one.dataset.code));
    }
    if (typed in MISSING) row.said.textContent = words[MISSING[typed]] + (this.notes[row.variable] ? ` · ${this.notes[row.variable]}` : "");
    else if (typed === "" && !this.asked(row, this.values())) row.said.textContent = words.notAsked;
    else row.said.textContent = (row.codes.length > 0 || row.known) && typed ? codes.map((code) => label(row, code)).join(" ") : "";
  }

  showAll() {
    for (const row of this.rows) this.show(row);
  }

  /** The first box after this one that is asked or filled, or undefined. */
  after(row) {
    const given = this.values();
    return this.rows.slice(row.place + 1).find((one) => one.input.value.trim() !== "" || this.asked(one, given));
  }

  /** The last such box before this one; null: the last of all. */
  before(row) {
    const given = this.values();
    const earlier = this.rows.slice(0, row ? row.place : this.rows.length).reverse();
    return earlier.find((one) => one.input.value.trim() !== "" || this.asked(one, given));
  }

  /** Where keying goes on: the first empty box. One for words that was passed over is not one of them. */
  first(resumed) {
    const given = this.values();
    const beyond = (row) => this.rows.slice(row.place + 1).some((one) => one.input.value.trim() !== "");
    return this.rows.find((row) => row.input.value.trim() === "" && this.asked(row, given) && !(resumed && row.kind === "text" && beyond(row)));
  }

  /** The row that a note is about: where the keyer is, or the one just left as illegible. */
  noted(row) {
    const here = row ?? this.rows[this.rows.length - 1];
    if (here.input.value.trim() === "/") return here;
    const before = this.rows.slice(0, here.place).reverse().find((one) => one.input.value.trim() !== "");
    return before?.input.value.trim() === "/" ? before : here;
  }

  // ---------------------------------------------------------------- what may be right but deserves a look at the paper

  /** Every doubt about a box that was not confirmed by +, each with the answers it is about: another answer, another doubt. */
  doubts(row) {
    return this.#allDoubts(row).filter((one) => !this.confirmed.has(one.about));
  }

  #allDoubts(row) {
    const typed = row.input.value.trim();
    const given = this.values();
    const asked = this.asked(row, given);
    const found = [];
    const add = (kind, text, trees = []) => {
      const seen = trees.flatMap(values.mentioned).map((name) => this.byVariable.get(name)?.input.value.trim());
      found.push({ text, about: JSON.stringify([row.variable, kind, typed, seen]) });
    };
    if (typed !== "" && typed !== "." && !asked) add("off path", words.offPath, row.askedIf);
    if (row.required && (typed === "." || typed === "") && asked) add("required", words.required, row.askedIf);
    const strange = typed !== "" && !(typed in MISSING) && asked ? this.notOffered(row, typed, given) : "";
    if (strange) add("not offered", `${phrase("notOffered", { label: label(row, strange) })} ${words.keep}`, [...row.askedIf, ...Object.values(row.offers)]);
    const odd = unlikely(fitted(row, given), typed, phrase);
    if (odd) add("unlikely", `${odd} ${words.keep}`);
    const dated = { today: this.today, ...given };
    this.contradictions.forEach((one, place) => {
      if (one.variable === row.variable && evaluate(one.tree, dated)) add(`contradiction ${place}`, `${one.message} ${words.keep}`, [one.tree]);
    });
    const ofServer = this.ofServer.get(row.variable);
    if (ofServer && ofServer.typed === typed) add("server", `${ofServer.text} ${words.keep}`);
    return found;
  }

  /** The paper says so: this doubt, about these answers. */
  confirm(row) {
    const [doubt] = this.doubts(row);
    if (doubt) this.confirmed.add(doubt.about);
  }

  /** What was confirmed before the form was put aside, or by the colleague who began it. */
  confirmAll(variables) {
    for (const row of this.rows.filter((one) => variables.includes(one.variable))) {
      for (const doubt of this.#allDoubts(row)) this.confirmed.add(doubt.about);
    }
  }

  /** Variables with doubts, all of which the keyer has confirmed. */
  accepted() {
    return this.rows.filter((row) => this.#allDoubts(row).length > 0 && this.doubts(row).length === 0).map((row) => row.variable);
  }

  /** The first box that cannot be stored as it stands: ``[row, text, hard]``, or null. No way past a box leads past this. */
  unsettled() {
    const given = this.values();
    for (const row of this.rows) {
      const typed = row.input.value.trim();
      const bad = typed !== "" || this.asked(row, given) ? fault(row, typed, phrase) : "";
      if (bad) return { row, typed, text: bad, hard: true };
      const [doubt] = this.doubts(row);
      if (doubt) return { row, typed, text: doubt.text, hard: false };
    }
    return null;
  }
}
