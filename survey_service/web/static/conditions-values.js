// What conditions calculate: expressions of answers, the forms of a text. Trees and meaning are those of
// questionnaires/expressions.py, functions.py and patterns.py; change neither without the other. Syntax of
// 2018. A page hands this to conditions.js; only pages whose trees calculate fetch it.

const TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/; // of the day
const ISO_DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const DECIMALS = 6; // at which two expressions are compared
const TOO_LARGE = 1e15; // beyond what is kept exactly
const LONGEST = 40; // characters of a text that is held against a named form
const LONGEST_WORDS = 1000; // characters of a text that is calculated
const WRITTEN = /^-?[0-9]{1,15}(\.[0-9]{1,6})?$/; // a number as a code or a text says it
const MOBILE = "(?:\\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}";
const LANDLINE = "(?:\\(0[0-9]{2,3}\\) ?|0[0-9]{2,3}[- ]?)?[2-9][0-9]{6,7}(?:[- ][0-9]{1,5})?";
const FORMS = {
  telephone: new RegExp(`^(?:${MOBILE}|${LANDLINE})$`),
  mobile: new RegExp(`^(?:${MOBILE})$`),
  landline: new RegExp(`^(?:${LANDLINE})$`),
  postal_code: /^[0-9]{6}$/,
  code: /^[A-Za-z0-9]+$/,
};

let evaluate = null; // of conditions.js: what an if asks

export function judgedBy(judge) {
  evaluate = judge;
}

// Worth is a number, a text, or null for no answer.

const stands = (values, variable) => (Object.prototype.hasOwnProperty.call(values, variable) ? values[variable] : null);

function order(operator, one, other) {
  switch (operator) {
    case "<": return one < other;
    case "<=": return one <= other;
    case ">": return one > other;
    case ">=": return one >= other;
    default: throw new Error(`unknown operator ${operator}`);
  }
}

const small = (number) => (Math.abs(number) < TOO_LARGE ? number : null); // NaN is not
const numeric = (value) => typeof value === "number";

// Halves away from zero.
export function rounded(number, decimals = DECIMALS) {
  return Number.isInteger(number) ? number : Number(number.toFixed(decimals));
}

function isDay(value) {
  if (typeof value !== "string" || !ISO_DATE.test(value)) return false;
  const [year, month, day] = value.split("-").map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

function operate(operator, left, right) {
  if (!numeric(left) || !numeric(right)) return null;
  switch (operator) {
    case "+": return small(left + right);
    case "-": return small(left - right);
    case "*": return small(left * right);
    case "/": return right === 0 ? null : small(left / right);
    default: throw new Error(`unknown operator ${operator}`);
  }
}

function sum(parts) {
  const given = parts.filter((part) => part !== null);
  if (given.length === 0 || !given.every(numeric)) return null;
  return small(given.reduce((total, part) => total + part));
}

function years(first, last) {
  if (!isDay(first) || !isDay(last)) return null;
  return Number(last.slice(0, 4)) - Number(first.slice(0, 4)) - (last.slice(5) < first.slice(5) ? 1 : 0);
}

const dayNumber = (day) => Math.round(new Date(`${day}T00:00:00Z`).getTime() / 86400000);

// A number as a person writes it: 1000000, never 1e-7.
function inDigits(number) {
  const plain = String(rounded(number));
  return plain.includes("e") ? rounded(number).toFixed(DECIMALS).replace(/\.?0+$/, "") : plain;
}

function extreme(parts, choose) {
  if (!parts.every((part) => part === null || numeric(part))) return null;
  const given = parts.filter(numeric);
  return given.length ? given.reduce((one, other) => choose(one, other)) : null;
}

function join(parts) {
  const words = parts.map((part) => (numeric(part) ? inDigits(part) : part || "")).join("");
  return [...words].slice(0, LONGEST_WORDS).join("") || null;
}

const FUNCTIONS = {
  floor: ([number]) => (numeric(number) ? Math.floor(rounded(number)) : null),
  mod: ([number, by]) => (numeric(number) && numeric(by) && by !== 0 ? number % by : null),
  min: (parts) => extreme(parts, (one, other) => (other < one ? other : one)),
  max: (parts) => extreme(parts, (one, other) => (other > one ? other : one)),
  days_between: ([first, last]) => (isDay(first) && isDay(last) ? dayNumber(last) - dayNumber(first) : null),
  length: ([text]) => (typeof text === "string" && text !== "" ? [...text].length : null),
  number: ([text]) => {
    if (numeric(text)) return text;
    return typeof text === "string" && WRITTEN.test(text) ? small(Number(text)) : null;
  },
  join,
};

function alone(value) {
  if (typeof value === "string") return value;
  return numeric(value) ? small(value) : null;
}

export function worth(tree, values) {
  if (!Array.isArray(tree)) return alone(tree);
  const [operator, first, second] = tree;
  switch (operator) {
    case "value": return alone(stands(values, first));
    case "count": {
      const chosen = stands(values, first);
      return Array.isArray(chosen) && chosen.length > 0 ? chosen.length : null;
    }
    case "sum": return sum(tree.slice(1).map((part) => worth(part, values)));
    case "years_between": return years(worth(first, values), worth(second, values));
    case "round": {
      const number = worth(first, values);
      return numeric(number) ? rounded(number, second) : null;
    }
    case "if": return worth(evaluate(first, values) ? second : tree[3], values);
    default:
      if (operator in FUNCTIONS) return FUNCTIONS[operator](tree.slice(1).map((part) => worth(part, values)));
      return operate(operator, worth(first, values), worth(second, values));
  }
}

export function relate(operator, left, right) {
  if (left === null || right === null || typeof left !== typeof right) return false;
  const [one, other] = numeric(left) ? [rounded(left), rounded(right)] : [left, right];
  if (operator === "==") return one === other;
  if (operator === "!=") return one !== other;
  const clock = TIME.test(one) && TIME.test(other);
  return (numeric(one) || clock || (isDay(one) && isDay(other))) && order(operator, one, other);
}

const narrow = (text) => text.replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");

export function matches(text, form, shortest, longest) {
  if (typeof text !== "string" || text.length > LONGEST) return false;
  const folded = narrow(text);
  if (form === "code" && !(shortest <= folded.length && folded.length <= longest)) return false;
  return FORMS[form].test(folded);
}

// Whether a block was drawn: of the order of the draw the first few are asked that belong to the person. The values have
// the draw as questionnaires/draws.py writes it for the browser; nothing was drawn where they have none.
export function drawn(draw, block, holds) {
  if (!draw) return false;
  const own = new Set(draw.among.filter(([, belongs]) => belongs === null || holds(belongs)).map(([name]) => name));
  return draw.order.filter((name) => own.has(name)).slice(0, draw.take).includes(block);
}

// Variables that a tree looks at, of a condition or of an expression.
export function mentioned(tree) {
  if (!Array.isArray(tree)) return [];
  const [operator, first, ...others] = tree;
  const nested = ["and", "or", "not", "sum", "years_between", "round", "if", "+", "-", "*", "/"].includes(operator) || operator in FUNCTIONS || Array.isArray(first);
  return nested ? [first, ...others].reduce((all, part) => all.concat(mentioned(part)), []) : [first];
}
