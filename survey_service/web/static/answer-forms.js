// What somebody typed as a number or a date (clock-forms.js: a time): its value, or what is wrong with it. The resident's page and the keying sheet
// both ask here, and the answer is the one that the judge of the service gives: tests/browser/test_answer_forms.py puts
// the same cases to both. Change neither without the other. Syntax of 2018, for it runs on residents' phones.

const NUMBER = /^[+-]?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]{0,10})?$/;
const DATE = /^([0-9]{4})(?:[-/.年])\s*([0-9]{1,2})(?:[-/.月])\s*([0-9]{1,2})日?$/;
const DIGITS_OF_A_DATE = /^([0-9]{4})([0-9]{2})([0-9]{2})$/;
const TOO_LARGE = 1e15; // beyond what is kept exactly
export const NOTHING = { value: null, fault: "" };

// ---------------------------------------------------------------- characters that nobody sees

// Format characters of Unicode, first and last of each run; then fillers that are letters by name and blank by shape.
const UNSEEN = [
  [0xad, 0xad], [0x600, 0x605], [0x61c, 0x61c], [0x6dd, 0x6dd], [0x70f, 0x70f], [0x890, 0x891], [0x8e2, 0x8e2],
  [0x200b, 0x200b], [0x200e, 0x200f], [0x202a, 0x202e], [0x2060, 0x2064], [0x2066, 0x206f], [0xfeff, 0xfeff], [0xfff9, 0xfffb],
  [0x110bd, 0x110bd], [0x110cd, 0x110cd], [0x13430, 0x1343f], [0x1bca0, 0x1bca3], [0x1d173, 0x1d17a],
  [0xe0001, 0xe0001], [0xe0020, 0xe007f],
  [0x115f, 0x1160], [0x3164, 0x3164], [0xffa0, 0xffa0], [0x2800, 0x2800], [0x17b4, 0x17b5],
];
// Joiners and variation selectors: they stay where they join something that is seen.
const JOINING = [[0x200c, 0x200d], [0x34f, 0x34f], [0x180b, 0x180f], [0xfe00, 0xfe0f], [0xe0100, 0xe01ef]];
const BETWEEN = [[0x200c, 0x200d], [0x34f, 0x34f]]; // these stand between two characters

const within = (runs, code) => runs.some(([first, last]) => first <= code && code <= last);
export const isBlank = (one) => /\s/.test(one) || "\u001c\u001d\u001e\u001f\u0085".includes(one);

function isUnseen(code) {
  const control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  const noCharacter = (code >= 0xd800 && code <= 0xdfff) || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
  return control || noCharacter || within(UNSEEN, code);
}

function seen(text) {
  const kept = [];
  for (const one of text) {
    const code = one.codePointAt(0);
    const before = kept[kept.length - 1];
    if (within(JOINING, code) ? before !== undefined && !isBlank(before) && before !== one : !isUnseen(code)) kept.push(one);
  }
  const joined = [];
  for (const one of kept.reverse()) {
    const joinsNothing = joined.length === 0 || isBlank(joined[joined.length - 1]);
    if (!joinsNothing || !within(BETWEEN, one.codePointAt(0))) joined.push(one);
  }
  return joined.reverse().join("");
}

function endTrimmed(text) {
  let end = text.length;
  while (end > 0 && isBlank(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

function trimmed(text) {
  let start = 0;
  while (start < text.length && isBlank(text[start])) start += 1;
  return endTrimmed(text.slice(start));
}

// Full-width digits are digits, and what nobody sees is not there.
export function folded(typed) {
  const plain = [...typed].every((one) => one.codePointAt(0) < 0x80);
  const text = plain ? typed : seen(typed.replace(/[\r\n\t]/g, " ")).normalize("NFKC");
  return trimmed(text);
}

// ---------------------------------------------------------------- numbers and dates

// A bound that is not set is "" or undefined.
export const isSet = (bound) => bound !== undefined && bound !== null && bound !== "";

// fault: "", "not_a_number", and where the number is clear and cannot be meant "decimals" or "out_of_range".
// units: words that may stand behind the number.
export function readNumber(typed, { units = [], decimals = 0, minimum = "", maximum = "" }) {
  let text = folded(typed);
  if (text === "") return NOTHING;
  for (const unit of units) if (text.endsWith(unit)) text = endTrimmed(text.slice(0, text.length - unit.length));
  if (!NUMBER.test(text)) return { value: null, fault: "not_a_number" };
  const value = Number(text.replace(/,/g, "")) + 0; // no number is -0
  if (Math.abs(value) >= TOO_LARGE) return { value: null, fault: "not_a_number" };
  if (Number(value.toFixed(decimals)) !== value) return { value, fault: "decimals" };
  const fits = !(isSet(minimum) && value < Number(minimum)) && !(isSet(maximum) && value > Number(maximum));
  return { value, fault: fits ? "" : "out_of_range" };
}

function isDay(year, month, day) {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

// The value is the day as 2026-09-18; bounds are written so too. fault: "", "not_a_date", "date_out_of_range".
export function readDate(typed, { minimum = "", maximum = "" }) {
  const text = [...folded(typed)].map((one) => (isBlank(one) ? " " : one)).join("");
  if (text === "") return NOTHING;
  const [, year, month, day] = DATE.exec(text) || DIGITS_OF_A_DATE.exec(text) || [];
  if (!year || !isDay(Number(year), Number(month), Number(day))) return { value: null, fault: "not_a_date" };
  const value = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const fits = !(isSet(minimum) && value < minimum) && !(isSet(maximum) && value > maximum);
  return { value, fault: fits ? "" : "date_out_of_range" };
}
