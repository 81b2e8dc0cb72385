// A code on the resident's page (a bar code, a QR code): a button that reads it with the camera, where the browser itself
// can. Everywhere else the field is typed into. No picture is kept or sent. Pages without such a question do not load this.

const EVERY_MS = 250;

function made(kind, className, text) {
  const one = document.createElement(kind);
  one.className = className;
  one.textContent = text || "";
  return one;
}

// One field: its button, the picture of the camera while it looks, and a line that says how it went.
class Scan {
  constructor(field, words) {
    Object.assign(this, { field, words, stream: null, timer: 0 });
    this.button = made("button", "btn second full", words.scan);
    this.video = made("video", "scanning");
    this.told = made("p", "small quiet");
    this.button.type = "button";
    this.video.muted = true;
    this.video.setAttribute("playsinline", "");
    this.video.hidden = true;
    this.told.setAttribute("role", "status");
    this.button.addEventListener("click", () => (this.stream ? this.end("") : this.begin()));
    window.addEventListener("hashchange", () => this.stream && this.end("")); // another question is in view
    field.after(this.button, this.video, this.told);
  }

  async begin() {
    this.told.textContent = this.words.aim;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      this.video.srcObject = this.stream;
      this.video.hidden = false;
      this.button.textContent = this.words.endScan;
      await this.video.play();
    } catch (error) {
      this.end(this.words.noCamera);
      return;
    }
    this.look(new window.BarcodeDetector());
  }

  async look(detector) {
    if (!this.stream) return;
    let found = [];
    try {
      found = await detector.detect(this.video);
    } catch (error) {
      // the camera has no picture yet
    }
    if (found.length && this.stream) {
      this.field.value = found[0].rawValue.trim().slice(0, this.field.maxLength);
      this.end(this.words.scanned);
      this.field.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    this.timer = setTimeout(() => this.look(detector), EVERY_MS);
  }

  end(told) {
    clearTimeout(this.timer);
    if (this.stream) for (const track of this.stream.getTracks()) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.video.hidden = true;
    this.button.textContent = this.words.scan;
    this.told.textContent = told;
  }
}

export function offer(form, words) {
  if (!window.BarcodeDetector || !navigator.mediaDevices || !window.isSecureContext) return [];
  return [...form.querySelectorAll("input[data-entry=barcode]")].map((field) => new Scan(field, words));
}
