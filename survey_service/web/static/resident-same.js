// What was begun goes on as it was begun: a shuffled question stands as it stood when it was answered, and the same blocks
// are asked. A page in another order or of another draw is asked for as it was. Only pages with either fetch this.

// Whether the page leaves for the one on which ``kept`` was answered.
export function elsewhere(own, kept) {
  const query = new URLSearchParams(location.search);
  const differs = (name) => kept[name] && own[`_${name}`] && kept[name] !== own[`_${name}`].value && query.get(name) !== kept[name];
  const names = ["order", "draw"].filter(differs);
  for (const name of names) query.set(name, kept[name]);
  if (names.length) location.replace(`${location.pathname}?${query}${location.hash}`);
  return names.length > 0;
}
