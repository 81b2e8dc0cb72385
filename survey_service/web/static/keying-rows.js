// What a box of the keying sheet can hold: codes, numbers, dates, words, and the keys for what is missing.

import { readDate, readNumber } from "./answer-forms.js";

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

export function label(row, code) {
  return row.codes.find(([one]) => one === code)?.[1] ?? code;
}

export function shortCodes(row) {
  return row.codes.every(([code]) => code.length === 1);
}

/** What cannot be read as an answer: a text to say, or "" where the answer can stand. */
export function fault(row, typed, phrase) {
  if (typed in MISSING || row.kind === "text") return "";
  if (typed === "") return phrase("fill");
  if (row.kind === "one") return row.codes.some(([code]) => code === typed) ? "" : phrase("notACode", { seen: typed });
  if (row.kind === "date") return readDate(typed, row).fault === "not_a_date" ? phrase("notADate") : "";
  if (row.kind === "number") return readNumber(typed, row).fault === "not_a_number" ? phrase("notANumber", { seen: typed }) : "";
  return chosen(row, typed) === null ? phrase("notACode", { seen: typed }) : "";
}

/** The answer as the conditions see it: a code, a list of codes, a number, a day; null where none can be read. */
export function value(row, typed) {
  if (row.kind === "several") return chosen(row, typed);
  if (row.kind === "number") return readNumber(typed, row).value;
  return row.kind === "date" ? readDate(typed, row).value : typed;
}

/** What is clear but cannot be meant. The paper may say it all the same. */
export function unlikely(row, typed, phrase) {
  if (typed === "" || typed in MISSING) return "";
  if (row.kind === "number" || row.kind === "date") {
    const { fault: doubt } = row.kind === "number" ? readNumber(typed, row) : readDate(typed, row);
    if (doubt === "decimals") return phrase(row.decimals > 0 ? "decimals" : "whole", { seen: typed, decimals: row.decimals });
    return doubt.endsWith("out_of_range") ? phrase("outside", { seen: typed, minimum: row.minimum, maximum: row.maximum }) : "";
  }
  if (row.kind !== "several") return "";
  const codes = chosen(row, typed) ?? [];
  const alone = codes.find((code) => row.exclusive.includes(code));
  return alone && codes.length > 1 ? phrase("alone", { label: label(row, alone) }) : "";
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
