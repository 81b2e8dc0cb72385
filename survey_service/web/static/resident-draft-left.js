// A code that takes nothing more, on a phone that holds a draft: these answers may have arrived, or be another person's
// who was first. The service is asked about this very draft by its id; nothing is removed on a guess.
const KEY = `draft:${location.pathname}`;
const DRAFT_DAYS = 7;

function draftLeft() {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY));
    return draft && draft.id && Object.keys(draft.values).length && Date.now() - draft.at < DRAFT_DAYS * 864e5 ? draft : null;
  } catch (error) {
    return null; // no storage, no draft
  }
}

function field(form, name, value) {
  const one = document.createElement("input");
  one.type = "hidden";
  one.name = name;
  one.value = value;
  form.appendChild(one);
}

const draft = draftLeft();
const place = document.getElementById("draft-here");
const too = document.getElementById("draft-too");
if (draft && document.querySelector("[data-forget]")) {
  localStorage.removeItem(KEY); // its answers were deleted at somebody's wish
} else if (draft && place) {
  const form = place.querySelector("form");
  form.action = location.pathname;
  field(form, "client_id", draft.id);
  field(form, "_version", draft.version);
  field(form, "_order", draft.order || "0");
  const unseen = draft.unseen || [];
  for (const name of Object.keys(draft.values)) {
    if (!unseen.includes(name)) draft.values[name].forEach((value) => field(form, name, value));
  }
  place.hidden = false;
} else if (draft && too) {
  too.hidden = false;
}
