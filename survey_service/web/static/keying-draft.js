// Every box goes to the server as soon as it is left. Typing never waits for it: what is not acknowledged yet is kept on
// this computer, is sent again until it is, and the strip says which of the two it is.

const RETRY = [500, 1000, 2000, 5000, 10000]; // milliseconds between tries while the server cannot be reached

// Every opening of a form numbers its saves from a number of its own on, so that of two saves of whatever windows the one
// with the larger number is the later.
const A_HOLD = 10_000;

/** Whether what this computer kept comes after everything that the server holds.
 *
 * Kept without a hold: the page was gone before the hold came. It counts while the server has no box of the form at all.
 */
function isLater(local, draft) {
  return local.sequence > draft.sequence && (local.hold > 0 || Object.keys(draft.fields).length === 0);
}

export class Drafts {
  /** ``told(state, sequence)``: "saved", "waiting" (not on the server yet), "expired" (sign in again), "lost" (held elsewhere). */
  constructor({ address, token, keep, told }) {
    Object.assign(this, { address, token, keep, told });
    this.current = null;
    this.sending = false;
    this.failures = 0;
    this.timer = 0;
    addEventListener("online", () => this.send());
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
      else this.send();
    });
  }

  /** Begin with what the server holds, or with what this computer holds where that is later. Returns the boxes to show.
   *
   * ``draft.keying_id`` null: the form is begun before the server has given its hold; nothing is sent until ``attach``.
   */
  open(number, draft) {
    const local = this.keep.get(number);
    const later = local !== null && isLater(local, draft);
    const boxes = later ? local : draft;
    this.current = { number, id: draft.keying_id, hold: draft.hold, sequence: Math.max(draft.sequence, later ? local.sequence : 0), acknowledged: draft.sequence, boxes: null };
    this.failures = 0;
    if (later) this.put(boxes);
    else if (local !== null) this.keep.forget(number);
    return { ...boxes, later };
  }

  /** The hold of a form that was begun before it came: from here on its boxes go to the server. */
  attach(draft) {
    const current = this.current;
    Object.assign(current, { id: draft.keying_id, hold: draft.hold, acknowledged: draft.sequence });
    if (current.boxes !== null) this.put(current.boxes);
  }

  close() {
    clearTimeout(this.timer);
    this.current = null;
  }

  /** All boxes as they stand now. */
  put({ fields, accepted, notes, keystrokes, seconds }) {
    const current = this.current;
    if (current === null || current.lost) return;
    current.sequence = Math.max(current.sequence, current.hold * A_HOLD) + 1;
    current.boxes = { hold: current.hold, sequence: current.sequence, fields, accepted, notes, keystrokes, seconds };
    this.keep.put(current.number, current.boxes);
    this.told("waiting", current.sequence);
    this.send();
  }

  get settled() {
    return this.current === null || this.current.acknowledged >= this.current.sequence;
  }

  request(current, keepalive) {
    return fetch(this.address + current.id, {
      method: "POST", keepalive, body: JSON.stringify(current.boxes),
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": this.token },
    });
  }

  /** One request at a time; what is keyed meanwhile goes with the next. */
  async send() {
    const current = this.current;
    if (this.sending || current === null || current.boxes === null || current.id === null || this.settled || current.lost) return;
    this.sending = true;
    clearTimeout(this.timer);
    const sequence = current.sequence;
    try {
      const answer = await this.request(current, false);
      this.failures = 0;
      if (answer.ok) this.acknowledge(current, sequence);
      else this.refused(current, answer.status);
    } catch {
      this.again(current);
    } finally {
      this.sending = false;
    }
    if (this.current !== null && !this.timer && !this.waits) this.send();
  }

  acknowledge(current, sequence) {
    this.waits = false;
    this.timer = 0;
    current.acknowledged = Math.max(current.acknowledged, sequence);
    if (current.sequence !== sequence) return;
    this.keep.forget(current.number);
    if (current === this.current) this.told("saved", sequence);
  }

  refused(current, status) {
    if (status === 409) {
      current.lost = true; // held elsewhere: what stands here must never overwrite what is keyed there
      this.keep.forget(current.number);
      if (current === this.current) this.told("lost", current.sequence);
    } else if (status === 401 || status === 403) {
      this.waits = true; // until somebody signs in; nothing is thrown away
      this.told("expired", current.sequence);
    } else {
      this.again(current);
    }
  }

  again(current) {
    this.told("waiting", current.sequence);
    const pause = RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.send();
    }, pause);
  }

  /** The page is going: the last boxes go with it where the browser allows; if not, this browser keeps them. */
  leave() {
    const current = this.current;
    if (current !== null && current.boxes !== null && current.id !== null && !this.settled && !current.lost) this.request(current, true).catch(() => {});
  }
}
