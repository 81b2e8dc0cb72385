// Keys come faster than the network answers. While the page waits for the server they are put by, in order, and played
// into the form that opens, never into another. A refused key stops everything until it is acknowledged: whoever keys
// with eyes on the paper would move every later answer up by one box.

const TAKEN = new Set(["Enter", "Backspace", "Escape", "ArrowUp", "ArrowDown", "F2", "F4", "F8", "F9"]);
const MOVING = new Set(["Tab", "ArrowLeft", "ArrowRight", "Home", "End", "Delete"]); // mean something only where the eye is
const THROUGH = new Set(["F4", "F8"]); // put the form aside, sign in again: these lead out of a stop

export class Ahead {
  /** ``catcher``: an input that has the focus while nothing else may; ``refused(swallowed)``: a key came during a stop;
   * ``acknowledged()``: the keyer has seen it, give the focus back. */
  constructor({ catcher, refused, acknowledged }) {
    Object.assign(this, { catcher, refused, acknowledged });
    this.waiting = [];
    this.held = false;
    this.stopped = false;
    this.playing = false;
    this.keeps = false; // whether + answers the question that stopped
    this.swallowed = 0;
    addEventListener("keydown", (event) => this.pressed(event), true);
    addEventListener("beforeinput", (event) => this.written(event), true);
    catcher.addEventListener("input", (event) => this.caught(event));
    catcher.addEventListener("compositionend", (event) => this.caught(event));
  }

  pressed(event) {
    if (!event.isTrusted || event.ctrlKey || event.altKey || event.metaKey) return;
    // A finger that rests on a key answers one box, not five.
    const resting = event.repeat && (event.key === "Enter" || (event.key.length === 1 && event.target.inputMode));
    if (!resting && (!(this.held || this.stopped) || event.isComposing || event.key === "Process")) return;
    if (event.key.length > 1 && !TAKEN.has(event.key) && !MOVING.has(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) this.take(event.key);
  }

  /** A keyboard on the glass sends no keys that can be put by; what it writes is put by instead. */
  written(event) {
    if (!event.isTrusted || event.target === this.catcher || !(this.held || this.stopped) || event.isComposing) return;
    event.preventDefault();
    for (const one of event.data ?? "") this.take(one);
  }

  /** What an input method or a scanner wrote while the catcher had the focus. */
  caught(event) {
    if (event.isComposing) return;
    const text = this.catcher.value;
    this.catcher.value = "";
    for (const one of text) this.take(one);
  }

  /** What was pressed while the page loaded goes where it was meant to. */
  takeEarly() {
    window.keyedEarly?.stop();
    for (const key of window.keyedEarly?.keys ?? []) this.take(key);
  }

  take(key) {
    if (this.stopped) this.whileStopped(key);
    else {
      this.waiting.push(key);
      this.play();
    }
  }

  whileStopped(key) {
    const keeping = (key === "+" || key === "＋") && this.keeps && this.swallowed === 0;
    if (key === "Escape") this.acknowledge();
    else if (keeping || THROUGH.has(key)) {
      this.acknowledge();
      strike(keeping ? "+" : key);
    } else {
      this.swallowed += 1;
      this.refused(this.swallowed);
    }
  }

  acknowledge() {
    if (!this.stopped) return;
    this.stopped = false;
    this.swallowed = 0;
    const place = this.place;
    this.place = null;
    this.acknowledged();
    place?.focus();
  }

  /** From now on keys wait. */
  hold() {
    this.held = true;
    this.catcher.focus({ preventScroll: true });
  }

  /** What waits is played into whatever has the focus now. */
  release() {
    this.held = false;
    this.play();
  }

  play() {
    if (this.playing) return; // a key that is being played has led here: the loop below goes on by itself
    this.playing = true;
    while (!this.held && !this.stopped && this.waiting.length > 0) {
      const key = this.waiting.shift();
      if (MOVING.has(key)) this.stop(false, document.activeElement);
      else strike(key);
    }
    this.playing = false;
  }

  /** Nothing more goes in until it is acknowledged; what was typed ahead was meant for another place and is dropped.
   * ``keeps``: it is a question that + answers. A + typed right behind the doubted answer has answered it already.
   * ``place``: where the focus goes back to, where nobody else says it. */
  stop(keeps, place = null) {
    this.held = false;
    if (keeps && this.waiting[0] === "+") {
      this.play();
      return;
    }
    this.stopped = true;
    this.place = place;
    this.keeps = keeps;
    this.swallowed = this.waiting.length;
    this.waiting = [];
    this.catcher.focus({ preventScroll: true });
    this.refused(this.swallowed);
  }
}

/** One key, as if it were pressed where the focus is: the same handlers see it. */
export function strike(key) {
  const target = document.activeElement ?? document.body;
  if (target.id === "ahead") return; // what waits is played into a place, never into the queue itself
  if (!target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))) return;
  if (key === "Enter") {
    target.form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    return;
  }
  if (!(target instanceof HTMLInputElement) || (key.length > 1 && key !== "Backspace")) return;
  if (key === "Backspace" && target.selectionStart === target.selectionEnd) target.setSelectionRange(Math.max(0, target.selectionStart - 1), target.selectionEnd);
  const room = target.maxLength < 0 || target.value.length - (target.selectionEnd - target.selectionStart) < target.maxLength;
  if (key !== "Backspace" && !room) return;
  target.setRangeText(key === "Backspace" ? "" : key, target.selectionStart, target.selectionEnd, "end");
  target.dispatchEvent(new InputEvent("input", { bubbles: true, data: key.length === 1 ? key : null }));
}
