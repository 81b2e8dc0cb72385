// Long lists on the keying sheet, and options that hang on an earlier answer: what is typed finds its code, and what was
// not offered is doubted. The service judges by the same rules (web/option_search.py, questionnaires/offers.py).

import { evaluate } from "./conditions.js";
import { folded, listAt, matches } from "./option-search.js";

const NAMED = 6; // of several that fit

/** Fetches the lists of the sheet; a row has ``known`` when its own has come. */
export async function fetchLists(rows, came) {
  for (const row of rows.filter((one) => one.list)) {
    try {
      const { entries, sounds } = await listAt(row.list); // eslint-disable-line no-await-in-loop -- few, one after the other
      Object.assign(row, { entries, sounds, known: new Map(entries.map((entry) => [entry[0], entry])) });
      came(row);
    } catch {
      // the service looks up what is typed
    }
  }
}

const codes = (answer) => (Array.isArray(answer) ? answer.filter(Boolean) : answer ? [answer] : []);

function inside(row, entry, given) {
  const [code, , parent, tree] = entry;
  const { within, wide = [], chosen: carriedFrom, carried } = row.narrowing;
  if (tree && !evaluate(tree, given)) return false;
  const above = codes(given[within]);
  if (within && parent && above.length && !above.some((one) => wide.includes(one)) && !above.includes(parent)) return false;
  return !carriedFrom || (carried && !carried.includes(code)) || codes(given[carriedFrom]).includes(code);
}

/** Whether a code is offered to whoever gave these answers. */
export function offered(row, code, given) {
  const tree = row.offers[code];
  if (tree) return evaluate(tree, given);
  const entry = row.known && row.known.get(code);
  return !entry || inside(row, entry, given);
}

/** The row with its limits as they are for whoever is offered less. */
export function fitted(row, given) {
  if (!Object.keys(row.offers).length) return row;
  const left = row.codes.filter(([code]) => !row.exclusive.includes(code) && offered(row, code, given)).length;
  const least = (bound) => (bound === "" ? "" : String(Math.min(Number(bound), left)));
  return { ...row, minimum: least(row.minimum), maximum: least(row.maximum) };
}

/** What was typed as a code; else what to say of it, by the name of its words. */
export function find(row, typed, given) {
  if (!row.known || row.known.has(typed) || row.codes.some(([code]) => code === typed)) return { code: typed };
  const all = matches(typed, row.entries, row.sounds);
  const here = all.filter((entry) => inside(row, entry, given));
  const found = here.length ? here : all; // the paper may say what was not offered
  const exact = found.filter(([, words]) => folded(words) === folded(typed));
  const [only] = exact.length === 1 ? exact : found.length === 1 ? found : [];
  if (only) return { code: only[0] };
  if (!found.length) return { name: "notListed", values: { seen: typed } };
  const named = found.slice(0, NAMED).map(([code, words]) => `${code} ${words}`).join("，");
  return { name: "severalListed", values: { seen: typed, count: found.length, found: found.length > NAMED ? `${named}…` : named } };
}
