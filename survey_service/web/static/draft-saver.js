// Sends edits one after another, each sending under a name of its own, until the service has said that it has them.

const PAUSE = 800; // milliseconds after the last key
const AGAIN = 4000; // after a sending that did not arrive

function place(edit) {
  return `${edit.at}|${edit.field}`;
}

/** Of several changes of one field the last, with what stood there before the first. */
function merged(edits) {
  const kept = [];
  for (const edit of edits) {
    const earlier = edit.do === "set" && kept.find((one) => one.do === "set" && place(one) === place(edit));
    if (earlier) earlier.value = edit.value;
    else kept.push(edit);
  }
  return kept;
}

export class Saver {
  /** `told`: what the page does: state(kind, text), saved(reply, edits), moved(reply, edits), refused(text, edits). */
  constructor(root, keep, told) {
    this.address = `${root.dataset.here}/saves`;
    this.page = root.dataset.here;
    this.account = root.dataset.account;
    this.token = root.dataset.token;
    this.number = Number(root.dataset.number);
    this.keep = keep;
    this.told = told;
    this.waiting = [];
    this.sending = null;
    this.alone = 0; // how many edits go one by one
    this.stopped = false; // somebody else saved: the person decides first
    this.timer = 0;
  }

  get unsaved() {
    return [...(this.sending?.edits ?? []), ...this.waiting];
  }

  /** A field was changed; of several changes of one field the last counts, with what stood there at first. */
  set(at, field, value, was) {
    const known = this.waiting.find((edit) => edit.do === "set" && edit.at === at && edit.field === field);
    const last = this.waiting.at(-1);
    if (known && (known === last || this.waiting.every((edit) => edit.do === "set"))) {
      known.value = value;
    } else {
      this.waiting.push({ do: "set", at, field, value, was });
    }
    this.#keep();
    this.told.state("waiting");
    this.#later(PAUSE);
  }

  /** Something else than a field: sent at once, behind what was typed before. */
  push(edit) {
    this.waiting.push(edit);
    this.#keep();
    return this.send();
  }

  /** Takes up what an earlier page has left. What was under way keeps its name: it may have arrived. */
  take(left) {
    this.number = left.base;
    if (left.sending && !this.sending) this.sending = left.sending;
    else this.waiting.push(...(left.sending?.edits ?? []));
    this.waiting.push(...left.waiting);
    this.#keep();
    return this.send();
  }

  /** After somebody else's save was looked at: what is still to be saved, on what stands now. */
  goOn(number, edits) {
    this.number = number;
    this.sending = null;
    this.waiting = [...edits, ...this.waiting];
    this.stopped = false;
    this.#keep();
    return this.send();
  }

  async send() {
    clearTimeout(this.timer);
    if (this.busy) {
      return;
    }
    if (this.stopped) {
      if (!this.waiting.length) {
        return;
      }
      // Typed on while somebody else's save waits to be looked at: asked about together.
      this.#take(merged(this.unsaved));
      this.stopped = false;
    }
    if (!this.sending) {
      if (!this.waiting.length) {
        return;
      }
      const rest = this.alone > 0 ? this.waiting.slice(1) : [];
      this.alone = Math.max(0, this.alone - 1);
      this.#take(this.waiting.slice(0, this.waiting.length - rest.length));
      this.waiting = rest;
      this.#keep();
    }
    this.busy = true;
    this.told.state("saving");
    try {
      await this.#hear(await this.#post());
    } catch {
      this.told.state("offline");
      this.#later(AGAIN);
    } finally {
      this.busy = false;
    }
    if (!this.sending && this.waiting.length && !this.stopped) {
      this.#later(0);
    }
  }

  /** A sending of these edits under a name of its own, which is kept before it is under way. */
  #take(edits) {
    this.sending = { change: crypto.randomUUID?.() ?? String(Math.random()).slice(2).padEnd(12, "0"), edits };
    this.waiting = [];
    this.#keep();
  }

  #post() {
    return fetch(this.address, {
      method: "POST",
      keepalive: true,
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": this.token },
      body: JSON.stringify({ base: this.number, change: this.sending.change, edits: this.sending.edits }),
    });
  }

  /** Whoever signed in again elsewhere has another token: it stands on the page itself. */
  async #renew() {
    const page = await (await fetch(this.page)).text();
    const read = (name) => new RegExp(`data-${name}="([^"]*)"`).exec(page)?.[1];
    if (read("token") && read("account") === this.account) this.token = read("token");
  }

  async #hear(answer) {
    const edits = this.sending.edits;
    if (answer.status === 409) {
      if (this.waiting.length) { // what was typed meanwhile is asked about as well
        this.#take(merged(this.unsaved));
        await this.#hear(await this.#post());
        return;
      }
      this.stopped = true;
      this.told.moved(await answer.json(), [...edits]);
      return;
    }
    if (answer.status === 401 || answer.status === 403) {
      this.told.state("signedOut");
      await this.#renew();
      this.#later(AGAIN);
      return;
    }
    if (answer.status === 422 && edits.length > 1) { // one of them cannot be made: each by itself, so that the others are
      this.alone = edits.length;
      this.waiting = [...edits, ...this.waiting];
      this.sending = null;
      this.#keep();
      return;
    }
    if (answer.status === 422 || answer.status === 404) {
      const { error } = await answer.json();
      this.sending = null;
      this.#keep();
      this.told.refused(document.documentElement.lang === "en" ? error?.message : error?.message_zh, edits);
      return;
    }
    if (!answer.ok) {
      throw new Error(`status ${answer.status}`);
    }
    const reply = await answer.json();
    const alone = reply.number === this.number + 1; // else it had arrived before, and others saved since
    this.number = reply.number;
    this.sending = null;
    const stands = new Map(edits.map((edit) => [place(edit), edit.value]));
    for (const edit of this.waiting) if (stands.has(place(edit))) edit.was = stands.get(place(edit));
    this.#keep();
    this.told.saved(reply, edits, alone);
  }

  #keep() {
    this.keep.write(this.number, this.sending, this.waiting);
  }

  #later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }
}
