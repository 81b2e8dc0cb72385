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

// What a large button opens may lie below the screen: it is brought into view.
for (const finding of document.querySelectorAll(".findings details")) {
  finding.addEventListener("toggle", () => {
    if (finding.open) finding.scrollIntoView({ block: "nearest" });
  });
}

// A receipt is told first: whoever listens hears it, and whoever looks has it in view.
document.querySelector("[data-receipt]")?.focus();
