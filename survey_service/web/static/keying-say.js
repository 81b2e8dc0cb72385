// What the page says: the bar at the bottom, the words of its language, and a sound for whoever looks at the paper.

const form = document.getElementById("form");
const bar = document.getElementById("say");
export const words = form ? JSON.parse(form.dataset.words) : {};

const LOUD = "keying sound"; // in this browser's storage: a setting of the desk, nothing of any form
const SOUND = { hertz: 440, seconds: 0.25, volume: 0.2 };

export function phrase(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function clock() {
  return new Date().toLocaleTimeString("zh-CN", { hour12: false });
}

export function speak(kind, title, text) {
  const stopped = bar.querySelector(".halted"); // what is said does not end a stop
  bar.className = `say ${kind}`;
  bar.replaceChildren();
  if (title) {
    const mark = document.createElement("span");
    mark.className = `mark ${kind}`;
    mark.textContent = title;
    bar.append(mark);
  }
  const said = document.createElement("p");
  said.textContent = text;
  bar.append(said);
  if (stopped) bar.append(stopped);
}

/** Under what is said: that nothing goes in, how many keys did not, and the way on. */
export function halted(swallowed, acknowledge) {
  let line = bar.querySelector(".halted");
  if (line === null) {
    line = document.createElement("button");
    line.type = "button";
    line.className = "btn halted";
    line.addEventListener("click", acknowledge);
    bar.append(line);
  }
  const key = document.createElement("kbd");
  key.textContent = "Esc";
  line.replaceChildren(swallowed > 0 ? phrase("halted", { keys: swallowed }) : words.haltedAtOnce, " ", key);
  bar.dataset.halted = swallowed;
  if (loud.on) loud.play();
}

export function goingOn() {
  bar.querySelector(".halted")?.remove();
  delete bar.dataset.halted;
}

/** The sound of a refused key; silent unless it was switched on at this desk. */
class Loud {
  constructor(box) {
    this.box = box;
    this.context = null;
    try {
      box.checked = localStorage.getItem(LOUD) === "on";
    } catch {
      box.checked = false; // no storage: silent until it is ticked
    }
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(LOUD, box.checked ? "on" : "off");
      } catch {
        // holds until the page is left
      }
      if (box.checked) this.play(); // how it will sound
    });
  }

  get on() {
    return this.box.checked;
  }

  play() {
    try {
      this.context ??= new AudioContext();
    } catch {
      return; // a computer without sound: the bar says it all the same
    }
    const tone = this.context.createOscillator();
    const volume = this.context.createGain();
    tone.frequency.value = SOUND.hertz;
    volume.gain.value = SOUND.volume;
    tone.connect(volume).connect(this.context.destination);
    tone.start();
    tone.stop(this.context.currentTime + SOUND.seconds);
    bar.dataset.sounded = Number(bar.dataset.sounded ?? 0) + 1;
  }
}

const loud = form ? new Loud(document.getElementById("sound")) : null;
