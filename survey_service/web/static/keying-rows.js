// What a box of the keying sheet can hold: codes, numbers, dates, times, places, words, and the keys for what is missing.

import * as forms from "./answer-forms.js";
import { clock } from "./clock-forms.js";
import { place } from "./place-forms.js";

const { readDate, readNumber } = forms;
const readTime = clock(forms);
const readPlace = place(forms);

export const MISSING = { ".": "empty", "*": "refused", "/": "illegible" };
// What a Chinese input method makes of the keys of the number pad.
const FOLDED = { "。": ".", "．": ".", "、": "/", "／": "/", "＊": "*", "×": "*", "－": "-", "—": "-", "−": "-", "＋": "+", "，": "," };

export function fold(typed) {
  return [...typed].map((one) => FOLDED[one] ?? one).join("").normalize("NFKC");
}

/** Codes of several answers, typed as 14 or as 1,4; null where one of them is no code. */
export function chosen(row, typed) {
  const known = row.codes.map(([code]) => code);
  if (known.includes(typed)) return [typed];
  const parts = typed.split(/[\s,;]+/).filter(Boolean);
  const codes = parts.length === 1 && shortCodes(row) ? [...parts[0]] : parts;
  return codes.every((code) => known.includes(code)) ? known.filter((code) => codes.includes(code)) : null;
}

/** What stands at each rank, typed as 312 or as 3,1,2; "" where nothing does, and 0 is keyed; null where one is no code. */
export function placed(row, typed) {
  const known = new Set(row.codes.map(([code]) => code));
  if (known.has(typed)) return [typed];
  const parts = typed.split(/\s*[,;>]\s*|\s+/);
  const whole = parts.length === 1 && shortCodes(row);
  const codes = whole ? [...typed].map((one) => (one === "0" && !known.has("0") ? "" : one)) : parts;
  while (codes.length && codes[codes.length - 1] === "") codes.pop();
  return codes.length && codes.every((code) => code === "" || known.has(code)) ? codes : null;
}

export function label(row, code) {
  if (row.known && row.known.has(code)) return row.known.get(code)[1];
  return row.codes.find(([one]) => one === code)?.[1] || code;
}

export function shortCodes(row) {
  return row.codes.every(([code]) => code.length === 1);
}

const clear = (found) => ({ value: found, fault: "", doubt: "" });
const unreadable = (name) => ({ value: null, fault: name, doubt: "" });
const OUTSIDE = { out_of_range: "outside", date_out_of_range: "outside", time_out_of_range: "outside" };

/** What answer-forms.js found, in the words of this page. */
function inWords(found, row, name) {
  if (found.value === null) return unreadable(found.fault === "" ? "fill" : name); // "": nothing that anybody sees
  const doubt = found.fault === "decimals" && row.decimals === 0 ? "whole" : OUTSIDE[found.fault] ?? found.fault;
  return { value: found.value, fault: "", doubt };
}

/**
 * What may stand in each kind of box, by the names of keying/kinds.py: the answer as the conditions see it, null where none
 * can be read; ``fault``, the name of the words for what cannot be read; ``doubt``, for what is clear and hardly meant.
 */
export const BOXES = {
  one: (row, typed) => (row.codes.some(([code]) => code === typed) ? clear(typed) : unreadable("notACode")),
  // Until the list has come, anything: the service looks it up.
  list: (row, typed) => (!row.known || row.known.has(typed) || row.codes.some(([code]) => code === typed) ? clear(typed) : unreadable("notListed")),
  several: (row, typed) => {
    const codes = chosen(row, typed);
    if (codes === null) return unreadable("notACode");
    return { ...clear(codes), doubt: codes.length > 1 && alone(row, codes) ? "alone" : howMany(row, codes) };
  },
  ranks: (row, typed) => {
    const codes = placed(row, typed);
    if (codes === null) return unreadable("notACode");
    const filled = codes.filter(Boolean);
    if (new Set(filled).size < filled.length) return { ...clear(codes), doubt: "rankedTwice" };
    if (codes.length > Number(row.maximum)) return { ...clear(codes), doubt: "tooMany" };
    return { ...clear(codes), doubt: filled.length < Number(row.maximum) ? "ranksMissing" : "" };
  },
  number: (row, typed) => inWords(readNumber(typed, row), row, "notANumber"),
  date: (row, typed) => inWords(readDate(typed, row), row, "notADate"),
  time: (row, typed) => inWords(readTime(typed, row), row, "notATime"),
  place: (row, typed) => inWords(readPlace(typed, row), row, "notAPlace"),
  text: (row, typed) => clear(typed),
};

function howMany(row, codes) {
  if (row.maximum !== "" && codes.length > Number(row.maximum)) return "tooMany";
  return row.minimum !== "" && codes.length < Number(row.minimum) && !alone(row, codes) ? "tooFew" : "";
}

function alone(row, codes) {
  return codes.find((code) => row.exclusive.includes(code));
}

/** What cannot be read as an answer: a text to say, or "" where the answer can stand. */
export function fault(row, typed, phrase) {
  if (typed in MISSING || row.kind === "text") return "";
  const name = typed === "" ? "fill" : BOXES[row.kind](row, typed).fault;
  return name && phrase(name, { seen: typed });
}

/** The answer as the conditions see it: a code, a list of codes, a number, a day; null where none can be read. */
export function value(row, typed) {
  return BOXES[row.kind](row, typed).value;
}

/** What is clear but cannot be meant. The paper may say it all the same. */
export function unlikely(row, typed, phrase) {
  if (typed === "" || typed in MISSING) return "";
  const found = BOXES[row.kind](row, typed);
  const { minimum, maximum, decimals } = row;
  const exclusive = found.doubt === "alone" ? label(row, alone(row, found.value)) : "";
  const count = Array.isArray(found.value) ? found.value.filter(Boolean).length : "";
  return found.doubt && phrase(found.doubt, { seen: typed, minimum, maximum, decimals, count, label: exclusive });
}

/** Show the pictures of one form; those of the form before it go. ``address(variable)`` is where a picture lies. */
export function showPictures(rows, pictures, address, alternative) {
  for (const old of document.querySelectorAll("img.scanned")) old.remove();
  for (const row of rows) {
    if (!(row.variable in (pictures ?? {}))) continue;
    const picture = document.createElement("img");
    picture.className = "scanned";
    picture.alt = alternative;
    picture.src = address(row.variable);
    row.input.closest("[data-row]").append(picture);
  }
}
