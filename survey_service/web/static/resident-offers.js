// Options of the resident's page that hang on an earlier answer: what is not offered is out of sight, and what was chosen of
// it is put aside, to be chosen again should it be offered again. Only pages with such questions fetch this; the service
// judges by the same rules in any case (questionnaires/offers.py).

export class Offers {
  // evaluate: of conditions.js
  constructor({ form, evaluate, attempt }) {
    Object.assign(this, { evaluate, attempt });
    this.groups = new Map();
    for (const group of form.querySelectorAll("fieldset[data-offers]")) {
      this.groups.set(group, JSON.parse(group.dataset.offers));
    }
  }

  // Brings a step in line with the answers before it.
  refresh(step, given) {
    const group = step.querySelector("fieldset[data-offers]");
    if (!group) return;
    const trees = this.groups.get(group);
    const offered = (code) => !trees[code] || this.attempt(() => this.evaluate(trees[code], given), true);
    const selects = [...group.querySelectorAll(".ranks select")];
    if (selects.length) this.ranks(group, selects, offered);
    else this.ticks(group, offered);
  }

  ticks(group, offered) {
    const choices = [...group.querySelectorAll("label > input[type=radio], label > input[type=checkbox]")].filter((one) => one.closest("fieldset") === group);
    for (const field of choices) {
      const here = offered(field.value);
      const label = field.closest("label");
      if (here === !label.hidden) continue;
      label.hidden = !here;
      if (here) {
        const free = field.type === "checkbox" || !choices.some((one) => one.checked);
        if ("aside" in field.dataset && free) field.checked = true;
        delete field.dataset.aside;
      } else if (field.checked) {
        field.checked = false;
        field.dataset.aside = "";
      }
    }
    const left = choices.filter((one) => !one.closest("label").hidden && !("alone" in one.dataset)).length;
    if (group.dataset.fewest) group.dataset.fewestHere = Math.min(left, Number(group.dataset.fewest));
  }

  // There are as many ranks as options, where fewer are offered; what is offered no more leaves its rank to the next.
  ranks(group, selects, offered) {
    const options = [...selects[0].options].filter((one) => one.value).map((one) => one.value.replace(/^[0-9]+:/, ""));
    const here = options.filter(offered);
    const codes = selects.map((one) => one.value.replace(/^[0-9]+:/, "")).filter((code) => code && here.includes(code));
    const gone = codes.length < selects.filter((one) => one.value).length;
    selects.forEach((select, place) => {
      select.disabled = place >= here.length;
      if (gone) select.value = codes[place] ? `${place + 1}:${codes[place]}` : "";
    });
    for (const button of group.querySelectorAll(".rank")) button.hidden = !here.includes(button.dataset.code);
  }
}
