// The draft as it will be met, beside what is changed: on the phone, on paper, in the keyer's hands.

import { words } from "./draft-words.js";

export class View {
  constructor(root) {
    this.here = root.dataset.here;
    this.language = document.documentElement.lang === "en" ? "en" : "zh";
    this.phone = document.getElementById("phone");
    this.kind = "phone";
    this.number = root.dataset.sound;
    this.shown = { phone: this.number };
    this.wanted = "";
    this.phone.addEventListener("load", () => this.#loaded());
    for (const button of document.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => this.choose(button.dataset.view));
    }
  }

  choose(kind) {
    this.kind = kind;
    for (const button of document.querySelectorAll("[data-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === kind));
      document.getElementById(`view-${button.dataset.view}`).hidden = button.dataset.view !== kind;
    }
    this.#draw();
  }

  /** After a save: `sound` says whether the draft has no problems now. */
  saved(number, sound) {
    document.getElementById("view-late").hidden = sound;
    if (sound) {
      this.number = String(number);
      this.#draw();
    }
  }

  /** Turns the phone to a question, now or as soon as its page is there. */
  lookAt(question) {
    this.wanted = `q-${question}`;
    this.#turn();
  }

  #draw() {
    if (this.shown[this.kind] === this.number) return;
    this.shown[this.kind] = this.number;
    if (this.kind === "phone") {
      this.phone.contentWindow.location.replace(`${this.here}/phone?n=${this.number}${this.language === "en" ? "&lang=en" : ""}`);
    } else if (this.kind === "paper") {
      this.#paper();
    } else {
      this.#keys();
    }
  }

  /** As the phone's own script does, which does not run here. By its address the phone would scroll this page, too. */
  #turn(to = this.wanted) {
    const step = this.phone.contentDocument?.getElementById(to);
    if (!step?.matches(".steps > .step")) return;
    const steps = [...step.parentElement.children].filter((one) => one.matches(".step"));
    step.parentElement.classList.add("led");
    for (const one of steps) one.classList.toggle("here", one === step);
    step.closest("main").classList.toggle("inside", step !== steps[0]);
    this.phone.contentWindow.scrollTo(0, 0);
  }

  #loaded() {
    const inside = this.phone.contentWindow;
    inside.addEventListener("hashchange", () => this.#turn(inside.location.hash.slice(1)));
    this.#turn();
  }

  #paper() {
    const box = document.getElementById("view-paper");
    const picture = document.createElement("img");
    picture.alt = box.getAttribute("aria-label");
    picture.addEventListener("error", () => box.replaceChildren(words.noPicture));
    picture.src = `${this.here}/paper-${this.language}.png?n=${this.number}`;
    box.replaceChildren(picture);
  }

  async #keys() {
    const answer = await fetch(`${this.here}/keys`);
    if (answer.ok) document.getElementById("view-keys").innerHTML = await answer.text();
  }
}
