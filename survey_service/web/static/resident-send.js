// A post that is tried again until the service says that the answers are stored.

const TIMEOUT_MS = 20000;
const FIRST_WAIT_S = 2;
const LONGEST_WAIT_S = 60;

export class Sending {
  // page: { form, words, withheld(work), answered(), keeps(), button(), ready() }
  constructor(page) {
    this.page = page;
    this.unsent = document.getElementById("unsent");
    this.going = false;
    this.tried = 0;
    this.timer = 0;
    window.addEventListener("online", () => this.tried && !this.unsent.hidden && this.send());
    document.getElementById("again").addEventListener("click", () => this.send());
    window.addEventListener("beforeunload", (event) => {
      if (!this.unsent.hidden) event.preventDefault();
    });
  }

  async send() {
    if (this.going) return; // a double tap is one post
    if (!this.page.ready()) return;
    this.going = true;
    clearTimeout(this.timer);
    this.busy(true);
    let outcome;
    try {
      outcome = await this.post();
    } catch (error) {
      outcome = { why: this.page.words.offline, wait: 0 };
    }
    this.going = false;
    if (outcome.address) {
      this.show(outcome);
    } else if (outcome.native) {
      this.unsent.hidden = true;
      this.page.withheld(() => this.page.form.submit()); // the service has something to say: its page says it
    } else {
      this.later(outcome);
    }
  }

  async post() {
    const control = typeof AbortController === "function" ? new AbortController() : null;
    const limit = setTimeout(() => control && control.abort(), TIMEOUT_MS);
    try {
      const reply = await fetch(location.pathname, {
        method: "POST",
        body: this.page.withheld(() => new URLSearchParams(new FormData(this.page.form))),
        headers: { Accept: "application/json" },
        signal: control ? control.signal : undefined,
      });
      // Whoever stands between, a sign-in page of the network, does not speak for the service.
      const ours = (reply.headers.get("Content-Type") || "").startsWith("application/json");
      if (ours && reply.ok) return await reply.json();
      if (ours && reply.status < 500 && reply.status !== 429) return { native: true };
      const why = ours || reply.status >= 500 ? this.page.words.busy : this.page.words.offline;
      return { why, wait: Number(reply.headers.get("Retry-After")) || 0 };
    } finally {
      clearTimeout(limit);
    }
  }

  // The receipt is shown by a post, so that no address, no history and no chat holds it. The draft stays until that
  // page stands: if it never does, the same answers are sent again and bring the same receipt.
  show({ address, receipt }) {
    this.unsent.hidden = true;
    if (!receipt) {
      location.replace(address);
      return;
    }
    const own = this.page.form.elements;
    const way = document.createElement("form");
    way.method = "post";
    way.action = address;
    const told = { _receipt: receipt, client_id: own.client_id.value, _lang: own._lang.value, _text: own._text.value };
    for (const name of Object.keys(told)) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = told[name];
      way.appendChild(field);
    }
    document.body.appendChild(way);
    way.submit();
  }

  busy(on) {
    const { form, words } = this.page;
    for (const one of [this.page.button(), document.getElementById("again")]) {
      if (one && on) one.setAttribute("aria-disabled", "true");
      else if (one) one.removeAttribute("aria-disabled");
    }
    for (const line of form.querySelectorAll("[data-saved]")) {
      if (on) line.textContent = words.sending;
    }
    if (on) document.getElementById("unsent-status").textContent = words.sending;
  }

  // Not stored: say so, and try again after a while that grows and differs from phone to phone.
  later({ why, wait }) {
    const { form, words } = this.page;
    this.busy(false);
    this.tried += 1;
    const longest = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (this.tried - 1));
    const seconds = Math.ceil(Math.max(wait, longest) * (1 + Math.random() / 2));
    const first = this.unsent.hidden;
    const told = words.tried.replace("{tried}", this.tried).replace("{seconds}", seconds);
    document.getElementById("unsent-why").textContent = why + words.safe.replace("{answered}", this.page.answered());
    document.getElementById("unsent-status").textContent = told;
    for (const line of this.unsent.querySelectorAll("[data-needs-draft]")) line.hidden = !this.page.keeps();
    form.hidden = true;
    this.unsent.hidden = false;
    if (first) {
      this.unsent.querySelector("h2").focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    this.timer = setTimeout(() => this.send(), seconds * 1000);
  }

  // Back to the answers: nothing is sent until the person says so.
  rest() {
    clearTimeout(this.timer);
    this.unsent.hidden = true;
    this.page.form.hidden = false;
  }
}
