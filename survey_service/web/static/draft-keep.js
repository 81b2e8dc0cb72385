// What is typed is kept by this browser until the service has it: a page that dies loses nothing.
// Every page has a place of its own; a page that is gone leaves its place to the next that opens the draft.

export class Keep {
  constructor(account, draft) {
    this.prefix = `draft ${account} ${draft} `;
    this.key = this.prefix + Math.random().toString(36).slice(2);
    this.works = true;
  }

  /** Holds the place as long as this page lives, where the browser can. */
  async hold() {
    if (!navigator.locks) {
      return;
    }
    await new Promise((held) => {
      navigator.locks.request(this.key, () => {
        held();
        return new Promise(() => {});
      });
    });
  }

  /** Writes what is not saved yet: the number it was made on, what is under way with its name, what waits behind it. */
  write(base, sending, waiting) {
    try {
      if (sending || waiting.length) {
        localStorage.setItem(this.key, JSON.stringify({ base, sending, waiting }));
      } else {
        localStorage.removeItem(this.key);
      }
      this.works = true;
    } catch {
      this.works = false;
    }
  }

  /** What pages that are gone have left, oldest base first; it is this page's from now on. */
  async adopt() {
    let keys = [];
    try {
      keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix) && key !== this.key);
    } catch {
      this.works = false;
    }
    const found = [];
    for (const key of keys) {
      if (await this.#isFree(key)) {
        found.push(JSON.parse(localStorage.getItem(key)));
        localStorage.removeItem(key);
      }
    }
    return found.filter(Boolean).sort((one, other) => one.base - other.base);
  }

  async #isFree(key) {
    if (!navigator.locks) {
      return true;
    }
    return navigator.locks.request(key, { ifAvailable: true }, (lock) => lock !== null);
  }
}
