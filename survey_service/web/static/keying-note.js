// One line about a field, asked in the bar at the bottom, so that nothing above it moves.

export class NoteBox {
  constructor(box, bar) {
    this.box = box;
    this.bar = bar;
    this.input = box.querySelector("input");
    this.done = null;
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      this.close(this.input.value.trim());
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close(null);
    });
  }

  get asking() {
    return !this.box.hidden;
  }

  /** ``done`` hears the words, or null where the keyer thought better of it. */
  ask(question, words, done) {
    this.done = done;
    this.box.querySelector("label").textContent = question;
    this.input.value = words;
    this.bar.hidden = true;
    this.box.hidden = false;
    this.input.focus();
  }

  close(words) {
    this.box.hidden = true;
    this.bar.hidden = false;
    this.done(words);
  }
}
