// Files on the resident's page: each is sent as soon as it is chosen, pictures made smaller first (which takes from them
// where and when they were taken), and tried again by itself. What was taken in stands as a ticked row; what failed
// stays here with a button. Without a script the plain form carries the files. Pages without such a question do not
// load this.

const LONGEST_SIDE = 1920; // pixels that are sent of a picture
const QUALITY = 0.85;
const WAITS_S = [2, 5, 10];
const TIMEOUT_MS = 300000; // 10 MB on a slow network

function made(kind, className, text) {
  const one = document.createElement(kind);
  one.className = className;
  one.textContent = text || "";
  return one;
}

const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });
const kilobytes = (reference) => Math.max(1, Math.round(Number(reference.split(".")[2]) / 1000));

// A picture in fewer pixels; the file as it is where the browser cannot.
async function smaller(file) {
  if (!file.type.startsWith("image/") || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const drawn = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
    return drawn || file;
  } catch (error) {
    return file; // no picture that this browser opens: the service looks
  }
}

// One try. Gives back what was taken in, or why not; ``again``: whether a further try may help.
function sent(address, content, progress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader("Content-Type", "application/octet-stream");
    const failed = () => done({ message: "", again: true });
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(Math.floor((100 * event.loaded) / event.total));
    });
    request.addEventListener("load", () => {
      let told = {};
      try {
        told = JSON.parse(request.responseText);
      } catch (error) {
        // a page of whoever stands between
      }
      done({ file: told.file, message: told.message || "", again: !told.file && (request.status >= 500 || request.status === 429 || !told.message) });
    });
    request.addEventListener("error", failed);
    request.addEventListener("timeout", failed);
    request.send(content);
  });
}

class Files {
  constructor(field, form, words) {
    Object.assign(this, { field, form, words, name: field.name, going: 0 });
    this.group = field.closest("fieldset");
    this.most = Number(field.dataset.most);
    field.removeAttribute("name"); // the script sends the files; the form carries their references
    this.told = made("p", "small");
    this.told.setAttribute("role", "status");
    this.again = made("button", "btn second full", words.sendAgain);
    this.again.type = "button";
    this.again.hidden = true;
    this.again.addEventListener("click", () => this.all(this.left));
    field.after(this.told, this.again);
    this.left = [];
    field.addEventListener("change", (event) => {
      event.stopPropagation(); // it is no answer yet
      const chosen = [...field.files];
      field.value = "";
      this.all(chosen);
    });
  }

  rows() {
    return [...this.group.querySelectorAll("input[type=checkbox]")];
  }

  row(reference, checked) {
    const label = made("label", "option");
    const box = document.createElement("input");
    const words = made("span", "", this.words.fileRow.replace("{number}", this.rows().length + 1).replace("{size}", kilobytes(reference)));
    Object.assign(box, { type: "checkbox", name: this.name, value: reference, checked });
    label.append(box, words);
    this.field.before(label);
    return box;
  }

  // Of an earlier visit: the draft ticks them.
  restore(references) {
    const known = new Set(this.rows().map((one) => one.value));
    for (const one of references) if (!known.has(one)) this.row(one, false);
  }

  async all(files) {
    this.left = [];
    this.again.hidden = true;
    this.told.textContent = "";
    for (const file of files) {
      if (this.rows().filter((one) => one.checked).length >= this.most) {
        this.told.textContent = this.words.enough.replace("{most}", this.most);
        return;
      }
      this.going += 1;
      const outcome = await this.one(file);
      this.going -= 1;
      if (outcome.file) {
        const box = this.row(outcome.file, true);
        box.dispatchEvent(new Event("change", { bubbles: true }));
        this.told.textContent = this.words.taken;
      } else {
        if (outcome.again) this.left.push(file);
        this.told.textContent = outcome.message || this.words.notTaken;
        this.again.hidden = !this.left.length;
      }
    }
  }

  async one(file) {
    const content = await smaller(file);
    const address = `${location.pathname}/files?question=${this.name}&lang=${this.form.elements._lang.value}`;
    const progress = (percent) => { this.told.textContent = this.words.sendingFile.replace("{percent}", percent); };
    let outcome = { again: true };
    for (const wait of [0, ...WAITS_S]) {
      if (wait) await pause(wait);
      progress(0);
      outcome = await sent(address, content, progress);
      if (!outcome.again) break;
    }
    return outcome;
  }
}

export function offer(form, words, known, draft) {
  const kept = (draft.read() || {}).values || {};
  const every = [...form.querySelectorAll("input[type=file]")].map((field) => new Files(field, form, words));
  for (const one of every) one.restore(kept[one.name] || []);
  // Nobody goes on while a file is under way: it would not be among the answers.
  form.addEventListener("click", (event) => {
    const busy = every.find((one) => one.going);
    if (!busy || !event.target.closest("[data-turn=on]")) return;
    event.preventDefault();
    event.stopPropagation();
    busy.told.textContent = words.stillSending;
  }, true);
}
