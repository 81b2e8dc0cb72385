// Says at once that a typed code cannot be right, before anything is sent. Without it the service says the same.
import { asRead, fault } from "./short-code.js";

const field = document.getElementById("code");
const told = document.getElementById("code-fault");
const LENGTH = 10;

function tell(kind) {
  told.textContent = kind ? field.dataset[kind] : "";
  told.hidden = !kind;
  if (kind) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

field.addEventListener("input", () => {
  // While somebody is still typing nothing is missing yet.
  const whole = asRead(field.value).length === LENGTH;
  tell(whole ? fault(field.value) : "");
});

field.form.addEventListener("submit", (event) => {
  const kind = fault(field.value);
  if (!kind) return;
  event.preventDefault();
  tell(kind);
  field.focus();
});
