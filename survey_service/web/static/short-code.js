// The short code of a letter as people type it: the rule of survey_service/surveys/short_code.py, put to both by a test.
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const READ_AS = { O: "0", I: "1", L: "1", U: "V" };
const BETWEEN = /[\s\-_.,·•‐‑‒–—―−－、，。；;:：/\\'"“”‘’()（）]/gu;
const LENGTH = 10;
const LONG = 26; // of a poster

export function asRead(typed) {
  const kept = typed.normalize("NFKC").toUpperCase().replace(BETWEEN, "");
  return kept.replace(/[OILU]/gu, (character) => READ_AS[character]);
}

function remainder(code) {
  let found = 0;
  for (const character of code) {
    found <<= 1;
    if (found > 31) found ^= 0b100101;
    found ^= CROCKFORD.indexOf(character);
  }
  return found;
}

export function fits(code) {
  return code.length === LENGTH && [...code].every((one) => CROCKFORD.includes(one)) && remainder(code) === 0;
}

// What is wrong with what was typed: "length", "check", or nothing. A long code is for the service to judge.
export function fault(typed) {
  const code = asRead(typed.trim().replace(/\/+$/u, "").split("/").pop());
  if (code.length === LONG) return "";
  if (code.length !== LENGTH) return "length";
  return fits(code) ? "" : "check";
}
