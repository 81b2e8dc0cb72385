// What asks for several answers of a certain number: choices within limits, and options put in order. Pages without such a
// question do not load it.
//
// Ranking is by touch: options are touched in their order, and touched again they go. What is sent stands in the fields of
// the page without a script, one for each rank, which are out of sight then.

// What stands at each rank, in order; "" where nothing does.
const inUse = (group) => [...group.querySelectorAll("select")].filter((field) => !field.disabled); // fewer may be offered
const placed = (fields) => fields.map((field) => field.value.replace(/^[0-9]+:/, ""));

function put(fields, codes) {
  fields.forEach((field, place) => {
    field.value = codes[place] ? `${place + 1}:${codes[place]}` : "";
  });
}

function made(kind, className, text) {
  const one = document.createElement(kind);
  one.className = className;
  one.textContent = text || "";
  return one;
}

// Builds the list of one question; gives back what draws it anew. words: what a place is called, and a full list told.
function touchable(group, words) {
  const all = [...group.querySelectorAll("select")];
  const options = [...all[0].options].filter((one) => one.value).map((one) => [one.value.slice(2), one.textContent]);
  const list = made("div", "ranking");
  const undo = made("button", "plain", words.undo);
  undo.type = "button";
  const told = made("p", "fault");
  told.setAttribute("role", "alert");
  const buttons = options.map(([code, label]) => {
    const button = made("button", "option rank");
    button.type = "button";
    button.dataset.code = code;
    const place = made("span", "place");
    place.setAttribute("aria-hidden", "true");
    button.append(place, made("span", "", label), made("span", "vh"));
    list.append(button);
    return button;
  });

  function draw() {
    const codes = placed(inUse(group));
    for (const button of buttons) {
      const at = codes.indexOf(button.dataset.code);
      const [place, , said] = button.children;
      place.textContent = at < 0 ? "" : at + 1;
      said.textContent = at < 0 ? "" : `${words.comma}${words.place.replace("{rank}", at + 1)}`;
      button.setAttribute("aria-pressed", at >= 0);
    }
    undo.disabled = !codes.some(Boolean);
  }

  function change(codes) {
    put(inUse(group), codes);
    told.remove();
    all[0].dispatchEvent(new Event("change", { bubbles: true }));
    draw();
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest(".rank");
    if (!button) return;
    const fields = inUse(group);
    const codes = placed(fields).filter(Boolean);
    const { code } = button.dataset;
    if (codes.includes(code)) change(codes.filter((one) => one !== code));
    else if (codes.length < fields.length) change([...codes, code]);
    else {
      told.textContent = words.full;
      button.after(told);
    }
  });
  undo.addEventListener("click", () => change(placed(inUse(group)).filter(Boolean).slice(0, -1)));
  const ranks = group.querySelector(".ranks");
  ranks.hidden = true;
  ranks.before(list, undo);
  draw();
  return draw;
}

// Every ranking of the form: what draws it anew.
export function rankByTouch(form, { place, undo, comma }) {
  const groups = [...form.querySelectorAll("fieldset[data-ranking]")];
  return groups.map((group) => touchable(group, Object.assign({}, group.dataset, { place, undo, comma })));
}

// The codes of a ranking in their order; null where it is not whole.
export function ranked(group) {
  const codes = placed(inUse(group));
  return codes.every((code, place) => code && codes.indexOf(code) === place) ? codes : null;
}

const ticked = (group) => [...group.querySelectorAll("input[type=checkbox]:checked")];

// What is wrong with how many are chosen or ranked; "" where it is as many as may be, or none at all.
export function beyond(group) {
  const { most, beyondFewest, beyondMost, ranking } = group.dataset;
  const fewest = group.dataset.fewestHere || group.dataset.fewest; // fewer may be offered than are wanted
  if (ranking) return placed(inUse(group)).some(Boolean) && !ranked(group) ? ranking : "";
  const chosen = ticked(group);
  const many = most && chosen.length > Number(most);
  const few = fewest && chosen.length && chosen.length < Number(fewest) && !("alone" in chosen[0].dataset);
  return (many ? beyondMost : few ? beyondFewest : "")
    .replace("{count}", chosen.length).replace("{over}", chosen.length - most).replace("{short}", fewest - chosen.length);
}

// One box too many is told at once, right under the box: a group of many may be longer than the screen.
export function tellTooMany(field) {
  const group = field.closest("fieldset");
  if (!field.checked || !group.dataset.most || ticked(group).length <= Number(group.dataset.most)) return;
  for (const line of group.querySelectorAll(".fault")) line.remove();
  const line = made("p", "fault", beyond(group));
  line.setAttribute("role", "alert");
  field.closest("label").after(line);
}
