// 大字 on the pages of whoever knocks: the letters grow where they stand, and this phone keeps it.
const control = document.querySelector("[data-big]");
const KEY = "visits-big";

function kept() {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return false; // a phone that keeps nothing shows the usual size
  }
}

function show(big) {
  document.documentElement.classList.toggle("big", big);
  control.textContent = big ? control.dataset.normal : control.dataset.big;
}

if (control) {
  control.hidden = false;
  show(kept());
  control.addEventListener("click", () => {
    const big = !document.documentElement.classList.contains("big");
    try {
      localStorage.setItem(KEY, big ? "yes" : "no");
    } catch {
      // it grows for this page alone
    }
    show(big);
  });
}

// One large button is open at a time; what it opens may lie below the screen: it is brought into view.
const findings = document.querySelectorAll(".findings details");
for (const finding of findings) {
  finding.addEventListener("toggle", () => {
    if (!finding.open) return;
    for (const other of findings) {
      if (other !== finding) other.open = false;
    }
    finding.scrollIntoView({ block: "nearest" });
  });
}

// A receipt is told first: whoever listens hears it, and whoever looks has it in view.
document.querySelector("[data-receipt]")?.focus();

// Days and hours that are agreed on often are one tap; the boxes stay for every other.
function shownWeekday(output, day) {
  const at = new Date(`${day}T12:00`);
  output.textContent = Number.isNaN(at.getTime()) ? "" : at.toLocaleDateString(document.documentElement.lang, { weekday: "long" });
}

for (const row of document.querySelectorAll("[data-quick]")) {
  const box = document.getElementById(row.dataset.quick);
  const buttons = row.querySelectorAll("button");
  const output = row.querySelector("[data-weekday]");
  const tell = () => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.value === box.value));
    }
    if (output) {
      shownWeekday(output, box.value);
    }
  };
  row.hidden = false;
  for (const button of buttons) {
    button.addEventListener("click", () => {
      box.value = button.value;
      tell();
    });
  }
  box.addEventListener("input", tell);
  tell();
}
