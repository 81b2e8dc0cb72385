// What the modules of the keying page share: the form on the screen, the parts of the page, and the two things all of them
// do with it, which are to save it and to stop.

import { goingOn, speak } from "./keying-say.js";

// ``hold``: what the server said about the hold of this form, a promise. ``ending``: the form was handed in and came back.
export const state = {
  serial: "", shown: "", clientId: "", pending: null, last: 0, seconds: 0, strokes: 0, leaving: false, offered: "", row: null,
  hold: null, ending: false, resume: null, open: new Set(), done: new Set(),
};

// Made by keying.js when all modules are here. ``handIn``: what settles a form that was handed in and came back.
export const page = { sheet: null, drafts: null, note: null, ahead: null, upcoming: null, handIn: null };

/** Says what is wrong and takes no key until that is acknowledged; then ``resume`` puts the focus back. */
export function stop(kind, title, text, resume, keeps = false) {
  speak(kind, title, text);
  state.resume = resume;
  page.ahead.stop(keeps);
}

export function acknowledged() {
  goingOn();
  const resume = state.resume;
  state.resume = null;
  resume?.();
}

export function hush() {
  state.pending = null;
  speak("", "", "");
}

export function save() {
  page.drafts.put({ fields: page.sheet.fields(), accepted: page.sheet.accepted(), notes: { ...page.sheet.notes }, keystrokes: state.strokes, seconds: Math.round(state.seconds) });
}
