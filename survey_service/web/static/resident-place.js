// A place on the resident's page: a button that asks the phone where it is. What the phone knows more exactly than is
// kept is rounded before it stands in the field, so that it is neither drafted nor sent. Without a script, and where the
// phone gives no place, the field is typed into. Pages without such a question do not load this.

const WAIT_MS = 30000;
const HOLD_MS = 60000; // a place of a minute ago is one
const REFUSED = 1; // of GeolocationPositionError

function made(kind, className, text) {
  const one = document.createElement(kind);
  one.className = className;
  one.textContent = text;
  return one;
}

// One field: its button, and a line that says how it went.
function located(field, read, words) {
  const button = made("button", "btn second full", words.here);
  button.type = "button";
  const told = made("p", "small quiet", "");
  told.setAttribute("role", "status");

  function put(typed) {
    const { value, fault } = read(typed, field.dataset);
    if (fault || value === null) return false;
    field.value = value.split(",").join(", ");
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  function came({ coords }) {
    button.disabled = false;
    const typed = [coords.latitude, coords.longitude].map((one) => one.toFixed(7)).join(",");
    const metres = Math.ceil(coords.accuracy);
    put(`${typed},${metres}`);
    told.textContent = words.found.replace("{metres}", metres);
  }

  function failed(error) {
    button.disabled = false;
    told.textContent = error.code === REFUSED ? words.refused : words.lost;
  }

  button.addEventListener("click", () => {
    button.disabled = true;
    told.textContent = words.looking;
    navigator.geolocation.getCurrentPosition(came, failed, { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: HOLD_MS });
  });
  // What is typed more exactly is shown as it is kept.
  field.addEventListener("blur", () => put(field.value));
  field.after(button, told);
}

// Every place of the form. readPlace: of place-forms.js.
export function offer(form, words, { readPlace }) {
  if (!readPlace || !navigator.geolocation || !window.isSecureContext) return;
  for (const field of form.querySelectorAll("input.place")) located(field, readPlace, words);
}
