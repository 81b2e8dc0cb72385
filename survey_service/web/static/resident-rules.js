// Rules across answers on the resident's page: what refuses and what asks to look again, said at the last question asked
// of those that it is about. Only pages with rules fetch this; the service judges by them in any case.

// The day on which this phone is; the service judges by its own.
function today() {
  const now = new Date();
  return [now.getFullYear(), `0${now.getMonth() + 1}`.slice(-2), `0${now.getDate()}`.slice(-2)].join("-");
}

export class Rules {
  constructor(answers, words) {
    Object.assign(this, { answers, words });
    this.rules = JSON.parse(words.rules);
    this.lookedAt = new Set(); // what was said of answers that may be right: a rule with the answers it was said of
  }

  // Says the first rule that the answers break and that is told at this step. Where it does not refuse, only once of
  // these answers.
  broken(step, hard) {
    const { kept, fill } = this.answers;
    const path = this.answers.path();
    const given = Object.assign({ today: today() }, ...path.map((one) => this.answers.known(one)));
    const found = this.rules.filter((rule) => rule.hard === hard).find((rule) => {
      const about = path.filter((one) => rule.questions.includes(one.dataset.question));
      if (about[about.length - 1] !== step) return false;
      return kept.attempt(() => this.answers.evaluate(rule.tree, given), false) && !this.lookedAt.has(this.about(rule, given));
    });
    if (!found) return false;
    const [field] = kept.fields(step);
    const message = fill && found.pattern ? fill.message(found.pattern, "＿＿＿＿") : found.message;
    this.answers.say(step, field, hard ? message : message + this.words.onceMore);
    if (!hard) {
      this.lookedAt.add(this.about(found, given));
      field.removeAttribute("aria-invalid");
    }
    return true;
  }

  about(rule, given) {
    const names = Object.keys(given).filter((name) => rule.questions.includes(name.split(".")[0]));
    return JSON.stringify([rule.tree, names.map((name) => given[name])]);
  }
}
