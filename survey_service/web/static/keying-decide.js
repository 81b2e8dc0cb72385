// Deciding by keyboard: 1, 2, 3 or / takes a side and moves on to what has to be written; Enter settles it.

const form = document.getElementById("decide");
const KEYS = { 1: "first", 2: "second", 3: "other", "/": "illegible" };

function take(which) {
  for (const one of form.elements.take) one.checked = one.value === which;
  told();
  (which === "other" ? form.elements.typed : form.elements.reason).focus();
}

/** The box for what the paper says takes part only where both keyings are wrong. */
function told() {
  const other = form.elements.take.value === "other";
  document.getElementById("other-box").classList.toggle("idle", !other);
  if (!other) form.elements.typed.value = "";
}

function inText(event) {
  return event.target instanceof HTMLInputElement && event.target.type !== "radio";
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "F4") document.getElementById("later")?.click();
  else if (event.key === "F9") document.getElementById("home")?.click();
  else if (form && !inText(event) && event.key in KEYS) take(KEYS[event.key]);
  else if (form && event.key === "Enter" && event.target === form.elements.typed) form.elements.reason.focus();
  else return;
  event.preventDefault();
});

if (form) {
  form.addEventListener("change", told);
  told();
  document.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
}
