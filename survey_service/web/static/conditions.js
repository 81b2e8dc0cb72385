// Conditions in the browser: the trees that questionnaires/conditions.py and expressions.py write as JSON, with the same
// meaning; what calculates stands in conditions-values.js. Both pass tests/spec/questionnaires/condition_vectors.json;
// change neither without the other.
// Syntax of 2018, for it runs on residents' phones.
//
// values: variable name -> answer in canonical form: a code or text (string), a number, a list of codes; "today" is the
// day of answering. Absent, null, an empty list and {missing: ...} are no answer: every test of it is false, "!=" too.

const TWO_PAIRS = /^[0-9]{2}:[0-9]{2}$/; // a time of the day
const ISO_DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
let second = null; // conditions-values.js, where a tree compares expressions or the form of a text
let textFits = null; // of text-forms.js, beside it

function answer(values, variable) {
  const value = Object.prototype.hasOwnProperty.call(values, variable) ? values[variable] : null;
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value) && value.length > 0) return value;
  return null;
}

function order(operator, one, other) {
  switch (operator) {
    case "<": return one < other;
    case "<=": return one <= other;
    case ">": return one > other;
    case ">=": return one >= other;
    default: throw new Error(`unknown operator ${operator}`);
  }
}

function compare(operator, value, literal) {
  if (typeof value !== typeof literal) return false; // null and lists are objects, literals never are
  if (operator === "==") return value === literal;
  if (operator === "!=") return value !== literal;
  if (typeof value === "string" && ![ISO_DATE, TWO_PAIRS].some((one) => one.test(value) && one.test(literal))) return false;
  return order(operator, value, literal);
}

// A page whose trees calculate hands in conditions-values.js and what text-forms.js has first: phones do not fetch what
// they do not need.
export function extend(values, fits) {
  second = values;
  textFits = fits;
  values.judgedBy(evaluate);
}

// The same, fetched by their addresses; what calculates is handed back.
export async function extended(values, forms) {
  const [calculating, { fits }] = await Promise.all([import(values), import(forms)]);
  extend(calculating, fits);
  return calculating;
}

export function evaluate(tree, values) {
  const [operator, first, other] = tree;
  switch (operator) {
    case "and": return tree.slice(1).every((part) => evaluate(part, values));
    case "or": return tree.slice(1).some((part) => evaluate(part, values));
    case "not": return !evaluate(first, values);
    case "in": return other.includes(answer(values, first)); // a list is never a member
    case "includes": {
      const value = answer(values, first);
      return Array.isArray(value) && value.includes(other);
    }
    case "answered": {
      const value = answer(values, first);
      return value !== null && value !== "";
    }
    case "fits": return textFits(second.worth(first, values), other);
    case "drawn": return second.drawn(values[first], other, (one) => evaluate(one, values));
    case "matches": return second.matches(answer(values, first), ...tree.slice(2));
    default:
      if (Array.isArray(first)) return second.relate(operator, second.worth(first, values), second.worth(other, values));
      return compare(operator, answer(values, first), other);
  }
}
