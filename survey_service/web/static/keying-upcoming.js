// The next forms of the batch, fetched ahead with the one that is open: nobody has keyed a box of them, so such a form
// opens at once, empty, while its hold is still on the way. The hold decides: if it is refused, or somebody began the form
// in between, the form goes from the screen again.

const LENGTH = 9;

export class Upcoming {
  constructor() {
    this.forms = new Map(); // serial -> position in the batch
    this.like = null; // community, batch and pass of all of them
  }

  /** What came with the hold of a form. */
  learn({ next, community, pass, batch }) {
    this.forms = new Map(next);
    this.like = { community, pass, batch };
  }

  /** A typed serial as the service writes it: leading zeros may be left out, blanks are free. */
  serial(typed) {
    const digits = typed.replace(/\s/g, "");
    return /^\d{1,9}$/.test(digits) ? digits.padStart(LENGTH, "0") : typed;
  }

  /** The form of a serial as ``hold`` would answer, without its hold; null where it was not fetched. */
  take(typed) {
    const number = this.serial(typed);
    const position = this.forms.get(number);
    if (position === undefined) return null;
    this.forms.delete(number);
    const draft = { keying_id: null, hold: 0, previous_hold: 0, sequence: 0, fields: {}, accepted: [], notes: {}, keystrokes: 0, seconds: 0, by_others: false };
    const shown = number.replace(/(\d{3})(?=\d)/g, "$1 ");
    return { ...this.like, number, shown, batch: { ...this.like.batch, position }, pictures: {}, draft };
  }

  /** Whether the form is as it was fetched: the same keying of it, and empty. */
  fits(known, { pass, draft, pictures }) {
    return pass === known.pass && Object.keys(draft.fields).length === 0 && Object.keys(pictures).length === 0;
  }
}
