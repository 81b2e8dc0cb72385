// Conditions in the browser: the trees that questionnaires/conditions.py writes as JSON, with the same meaning.
// Both pass tests/spec/questionnaires/condition_vectors.json; change neither without the other.
//
// values: variable name -> answer in canonical form: a code or text (string), a number, a list of codes.
// Absent, null, an empty list and {missing: ...} are no answer: every test of it is false, "!=" too.

const ISO_DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

function answer(values, variable) {
  const value = Object.prototype.hasOwnProperty.call(values, variable) ? values[variable] : null;
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value) && value.length > 0) return value;
  return null;
}

function compare(operator, value, literal) {
  if (typeof value !== typeof literal) return false; // null and lists are objects, literals never are
  if (operator === "==") return value === literal;
  if (operator === "!=") return value !== literal;
  if (typeof value === "string" && !(ISO_DATE.test(value) && ISO_DATE.test(literal))) return false;
  switch (operator) {
    case "<": return value < literal;
    case "<=": return value <= literal;
    case ">": return value > literal;
    case ">=": return value >= literal;
    default: throw new Error(`unknown operator ${operator}`);
  }
}

export function evaluate(tree, values) {
  const [operator, first, second] = tree;
  switch (operator) {
    case "and": return tree.slice(1).every((part) => evaluate(part, values));
    case "or": return tree.slice(1).some((part) => evaluate(part, values));
    case "not": return !evaluate(first, values);
    case "in": return second.includes(answer(values, first)); // a list is never a member
    case "includes": {
      const value = answer(values, first);
      return Array.isArray(value) && value.includes(second);
    }
    case "answered": {
      const value = answer(values, first);
      return value !== null && value !== "";
    }
    default: return compare(operator, answer(values, first), second);
  }
}
