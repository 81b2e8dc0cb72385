// Finding an option in a long list: by characters, by its code, by full pinyin and by the initials of pinyin, in one word
// or mixed. The rules of web/option_search.py; both pass tests/spec/searching/vectors.json.
// Syntax of 2018, for it runs on residents' phones.

// What is compared: full-width as half-width, small letters, without blanks and the apostrophes of pinyin.
export const folded = (typed) => typed.normalize("NFKC").toLowerCase().replace(/[\s'’]/g, "");

// Whether the letters run through the characters from a place on: each by its sound, its initial or itself.
function spells(typed, characters, place, sounds) {
  if (!typed) return true;
  if (place === characters.length) return false;
  const character = characters[place];
  for (const sound of sounds[character] || [character]) {
    if (sound.startsWith(typed)) return true;
    if (typed.startsWith(sound) && spells(typed.slice(sound.length), characters, place + 1, sounds)) return true;
    if (sound[0] === typed[0] && spells(typed.slice(1), characters, place + 1, sounds)) return true;
  }
  const [first] = typed;
  return first === character && spells(typed.slice(first.length), characters, place + 1, sounds);
}

// How well an option meets what was typed and folded: 0 best, -1 not at all.
export function rank(typed, code, label, sounds) {
  const own = code.toLowerCase();
  if (own === typed) return 0;
  const words = folded(label);
  if (words.startsWith(typed)) return 1;
  if (own.startsWith(typed)) return 2;
  if (words.includes(typed)) return 3;
  const characters = [...words];
  for (let start = 0; start < characters.length; start += 1) {
    if (spells(typed, characters, start, sounds)) return start ? 5 : 4;
  }
  return -1;
}

// The entries that meet what was typed, the best first; all of them where nothing was typed. entries: [code, label, …].
export function matches(typed, entries, sounds) {
  const wanted = folded(typed);
  if (!wanted) return entries;
  const found = entries.map((entry, place) => [rank(wanted, entry[0], entry[1], sounds), place, entry]).filter(([how]) => how >= 0);
  return found.sort((one, other) => one[0] - other[0] || one[1] - other[1]).map(([, , entry]) => entry);
}

const fetched = {}; // address -> promise: a list is fetched once a page, and kept by the browser after that

// The list at an address: { entries, sounds }.
export function listAt(address) {
  if (!fetched[address]) {
    fetched[address] = fetch(address).then((reply) => {
      if (!reply.ok) throw new Error(`list ${reply.status}`);
      return reply.json();
    }).then(({ entries, sounds }) => {
      for (const character of Object.keys(sounds)) sounds[character] = sounds[character].split(" ");
      return { entries, sounds };
    });
    fetched[address].catch(() => { delete fetched[address]; }); // the next look tries again
  }
  return fetched[address];
}
