// The forms of texts that are written out, as questionnaires/text_forms.py reads and steps through them; change neither
// without the other. Syntax of 2018. Only pages whose conditions calculate fetch it.

const LONGEST = 1000; // characters of a text that has a form

// Full-width letters and digits are their narrow ones.
const narrow = (text) => text.replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");

// A form that is written out: places, and which may come next. The work is the length of the text times their number,
// however the form is written; so no expression is given to the browser's own, which may go back for ever.
class Steps {
  constructor(form) {
    Object.assign(this, { form: [...form], next: 0, sets: [], follows: [] });
    Object.assign(this, this.add(this.either()));
  }

  peek() {
    return this.form[this.next];
  }

  takes(character) {
    if (this.peek() !== character) return false;
    this.next += 1;
    return true;
  }

  either() {
    const parts = [this.row()];
    while (this.takes("|")) parts.push(this.row());
    return { either: parts };
  }

  row() {
    const parts = [];
    while (![undefined, "|", ")"].includes(this.peek())) parts.push(this.often(this.part()));
    return { row: parts };
  }

  part() {
    const one = this.form[this.next];
    this.next += 1;
    if (one === "(") {
      const inner = this.either();
      this.next += 1;
      return inner;
    }
    if (one === "[") return this.members();
    return one === "." ? { ranges: [["\n", "\n"]], others: true } : { ranges: [[one, one]], others: false };
  }

  members() {
    const [others, ranges] = [this.takes("^"), []];
    while (!this.takes("]")) {
      const low = this.peek();
      this.next += 1;
      let high = low;
      if (this.peek() === "-" && this.form[this.next + 1] !== "]") {
        high = this.form[this.next + 1];
        this.next += 2;
      }
      ranges.push([low, high]);
    }
    return { ranges, others };
  }

  often(part) {
    const usual = { "*": [0, null], "+": [1, null], "?": [0, 1] }[this.peek()];
    if (usual) this.next += 1;
    if (usual) return { often: part, least: usual[0], most: usual[1] };
    if (!this.takes("{")) return part;
    const least = this.whole();
    const most = this.takes(",") ? this.whole() : least;
    this.next += 1;
    return { often: part, least, most };
  }

  whole() {
    let digits = "";
    while (/^[0-9]$/.test(this.peek())) {
      digits += this.peek();
      this.next += 1;
    }
    return digits === "" ? null : Number(digits);
  }

  // Whether nothing fits too, the places at which it begins, and at which it may end.
  add(tree) {
    if (tree.ranges) {
      this.sets.push(tree);
      this.follows.push(new Set());
      return { empty: false, first: [this.sets.length - 1], last: [this.sets.length - 1] };
    }
    if (tree.either) {
      const found = tree.either.map((part) => this.add(part));
      return { empty: found.some((one) => one.empty), first: found.reduce((all, one) => all.concat(one.first), []), last: found.reduce((all, one) => all.concat(one.last), []) };
    }
    return tree.row ? this.inRow(tree.row) : this.timesOver(tree);
  }

  inRow(parts) {
    let [empty, first, last] = [true, [], []];
    parts.forEach((part) => {
      const found = this.add(part);
      this.after(last, found.first);
      if (empty) first = first.concat(found.first);
      last = found.last.concat(found.empty ? last : []);
      empty = empty && found.empty;
    });
    return { empty, first, last };
  }

  // So many times: one time leads to the next alone, for whoever leaves some out may leave out the last.
  timesOver({ often, least, most }) {
    let [empty, first, last, before] = [least === 0, [], [], []];
    const times = most === null ? Math.max(least, 1) : most;
    for (let number = 1; number <= times; number += 1) {
      const found = this.add(often);
      empty = empty || found.empty;
      this.after(before, found.first);
      if (number === 1) first = found.first;
      last = found.last.concat(number > least || found.empty ? last : []);
      before = found.last;
      if (most === null && number === times) this.after(before, found.first);
    }
    return { empty, first, last };
  }

  after(places, following) {
    places.forEach((place) => following.forEach((one) => this.follows[place].add(one)));
  }

  leadThrough(text) {
    let [places, begun] = [new Set(this.first), false];
    for (const one of text) {
      if (begun) {
        const next = new Set();
        places.forEach((place) => this.follows[place].forEach((other) => next.add(other)));
        places = next;
      }
      begun = true;
      places = new Set([...places].filter((place) => mayStand(this.sets[place], one.codePointAt(0))));
      if (places.size === 0) return false;
    }
    return begun ? this.last.some((place) => places.has(place)) : this.empty;
  }
}

function mayStand({ ranges, others }, one) {
  return ranges.some(([low, high]) => low.codePointAt(0) <= one && one <= high.codePointAt(0)) !== others;
}

const compiled = new Map();

export function fits(text, form) {
  if (typeof text !== "string" || text === "" || [...text].length > LONGEST) return false;
  if (!compiled.has(form)) compiled.set(form, new Steps(form));
  return compiled.get(form).leadThrough(narrow(text));
}
