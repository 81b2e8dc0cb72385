// The phone of an interviewer goes to whoever answers and comes back: between the two nothing of what was answered is in
// view, and only a tap goes on, whatever way the step was left (a button, the phone's own back key, another address).

export class Handing {
  constructor(form) {
    this.form = form;
    this.panel = document.getElementById("handing");
    this.handed = false; // whoever answers has the phone
    this.waits = null; // what the tap goes on with
    this.panel.addEventListener("click", (event) => {
      if (!event.target.closest("button")) return;
      this.handed = !this.handed;
      this.close();
      this.waits();
    });
  }

  // Whether the phone has to change hands before the step is shown; then ``go`` is called by the tap.
  holds(step, go) {
    const wanted = "handed" in step.dataset;
    if (wanted === this.handed) {
      this.close();
      return false;
    }
    const told = this.panel.querySelector(wanted ? "[data-to=respondent]" : "[data-to=interviewer]");
    for (const one of this.panel.children) one.hidden = one !== told;
    this.waits = go;
    this.form.hidden = true;
    this.panel.hidden = false;
    told.querySelector("h2").focus();
    window.scrollTo(0, 0);
    return true;
  }

  close() {
    this.form.hidden = false;
    this.panel.hidden = true;
  }
}
