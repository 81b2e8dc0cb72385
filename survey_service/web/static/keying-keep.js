// What is keyed and not yet on the server, kept on this computer through a crash: IndexedDB, flushed to the disk before
// it is called kept (localStorage is written seconds later), and sealed with a key that only the keyer's own sign-in
// gives to the page. Whoever else uses this computer finds no answer and no name in it.

const NAME = "keying";
const STORE = "kept";

function done(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

export class Keep {
  /** ``owner``: a name without meaning; ``key``: base64, 32 bytes; ``kept(number, boxes)`` hears what is on the disk. */
  constructor({ owner, key, kept }) {
    Object.assign(this, { owner, kept });
    this.forms = new Map(); // number -> boxes, as they are on the disk or soon will be
    this.waiting = new Map(); // number -> boxes to write, null to delete
    this.writing = false;
    this.ready = this.#begin(key);
  }

  /** Without a secure connection there is nothing to seal with, and then nothing is left on the computer. */
  async #begin(key) {
    try {
      const raw = Uint8Array.from(atob(key), (one) => one.charCodeAt(0));
      this.seal = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
      const opening = indexedDB.open(NAME, 1);
      opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(STORE, { keyPath: ["owner", "number"] }));
      this.database = await done(opening);
      const own = IDBKeyRange.bound([this.owner], [this.owner, []]);
      for (const row of await done(this.database.transaction(STORE).objectStore(STORE).getAll(own))) {
        const boxes = await this.#opened(row);
        if (boxes !== null && !this.waiting.has(row.number)) this.forms.set(row.number, boxes);
      }
    } catch {
      this.database = null; // forbidden or broken: the page holds what is keyed, and the server soon does
    }
    this.#write();
  }

  /** The number is sealed in with the boxes: a row that somebody moved to another form does not open. */
  async #opened(row) {
    try {
      const plain = await crypto.subtle.decrypt(this.#seal(row.number, row.nonce), this.seal, row.sealed);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null;
    }
  }

  #seal(number, nonce) {
    return { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(`${this.owner} ${number}`) };
  }

  get(number) {
    return this.forms.get(number) ?? null;
  }

  numbers() {
    return [...this.forms.keys()].sort();
  }

  put(number, boxes) {
    this.forms.set(number, boxes);
    this.waiting.set(number, boxes);
    this.#write();
  }

  forget(number) {
    this.forms.delete(number);
    this.waiting.set(number, null);
    this.#write();
  }

  /** One transaction at a time, the latest boxes of each form: a slow disk never makes a queue. */
  async #write() {
    if (this.writing || !this.database) return;
    this.writing = true;
    while (this.waiting.size > 0) {
      const [[number, boxes]] = this.waiting;
      this.waiting.delete(number);
      try {
        const row = boxes === null ? null : await this.#sealed(number, boxes);
        await this.#stored(number, row);
        if (boxes !== null) this.kept(number, boxes);
      } catch {
        // no room: the page holds it, and the server soon does
      }
    }
    this.writing = false;
  }

  async #sealed(number, boxes) {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(boxes));
    return { owner: this.owner, number, nonce, sealed: await crypto.subtle.encrypt(this.#seal(number, nonce), this.seal, plain) };
  }

  #stored(number, row) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, "readwrite", { durability: "strict" });
      transaction.addEventListener("complete", resolve);
      transaction.addEventListener("abort", () => reject(transaction.error));
      const rows = transaction.objectStore(STORE);
      if (row === null) rows.delete([this.owner, number]);
      else rows.put(row);
      transaction.commit();
    });
  }
}
