// What is answered on the page and kept on the phone until it is stored: on this phone only, for seven days at most.

const KEPT_DAYS = 7;

// What a phone may refuse, storage above all, is done without where it does.
export function attempt(work, otherwise) {
  try {
    return work();
  } catch (error) {
    return otherwise;
  }
}

export const fields = (place) => [...place.querySelectorAll("input[name], textarea[name], select[name]")].filter((one) => one.type !== "hidden");
export const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

export function values(place) {
  const found = {};
  for (const field of fields(place)) {
    if (isChoice(field) ? !field.checked : !field.value.trim()) continue;
    (found[field.name] = found[field.name] || []).push(field.value);
  }
  return found;
}

export class Draft {
  constructor(form) {
    this.form = form;
    this.key = `draft:${location.pathname}`;
    // That answers came from this phone by this code: a mark without answers and without the receipt; receipt.js sets it.
    this.mark = `done:${location.pathname}`;
    this.possible = !("noDraft" in form.dataset); // answers under correction are kept already
    this.keeps = this.possible; // whether this phone keeps it
  }

  read() {
    const draft = this.possible ? attempt(() => JSON.parse(localStorage.getItem(this.key)), null) : null;
    const own = draft && draft.version === this.form.elements._version.value;
    return own && Date.now() - draft.at < KEPT_DAYS * 864e5 ? draft : null;
  }

  // began: milliseconds; step: id of the one in view; unseen: names of what is kept here and not sent.
  keep(began, step, unseen) {
    const own = this.form.elements;
    const draft = {
      version: own._version.value,
      id: own.client_id.value,
      order: own._order.value,
      draw: own._draw ? own._draw.value : "",
      large: own._text.value === "large",
      at: Date.now(),
      began,
      step,
      unseen,
      values: values(this.form),
    };
    this.keeps = this.possible && attempt(() => localStorage.setItem(this.key, JSON.stringify(draft)) === undefined, false);
  }

  forget() {
    attempt(() => localStorage.removeItem(this.key));
  }

  fill(draft) {
    for (const field of fields(this.form)) {
      const kept = draft.values[field.name] || [];
      if (isChoice(field)) field.checked = kept.includes(field.value);
      else if (field.options) field.value = kept.find((one) => [...field.options].some((option) => option.value === one)) || "";
      else if (field.dataset.list !== undefined) field.value = kept.find((one) => !this.apart(field.name, one)) || "";
      else field.value = kept[0] || "";
    }
  }

  // Whether a value stands beside the field of a long list, to be touched: 说不清.
  apart(name, value) {
    return fields(this.form).some((one) => one.type === "radio" && one.name === name && one.value === value);
  }

  get submittedBefore() {
    return attempt(() => Boolean(localStorage.getItem(this.mark)), false);
  }
}

const old = (key) => !(Date.now() - JSON.parse(localStorage.getItem(key)).at < KEPT_DAYS * 864e5);

// The page promises seven days: what was begun by any code and never submitted does not stay on the phone for longer.
export function sweep() {
  const drafts = attempt(() => Object.keys(localStorage).filter((key) => key.startsWith("draft:")), []);
  for (const key of drafts) if (attempt(() => old(key), true)) attempt(() => localStorage.removeItem(key));
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
