// A manager's forms: what went wrong has the focus, and a problem's line number leads to its line in the box.
// Without this module everything is there; only the way to the line is longer.

const first = document.querySelector("[data-focus]");
if (first) {
  first.focus();
}

function lead(event) {
  const link = event.currentTarget;
  const box = document.getElementById("source");
  const lines = box.value.split("\n");
  const line = Number(link.dataset.line) - 1;
  let start = 0;
  for (const one of lines.slice(0, line)) {
    start += one.length + 1;
  }
  event.preventDefault();
  box.focus();
  box.setSelectionRange(start + Number(link.dataset.column) - 1, start + (lines[line] ?? "").length);
  box.scrollTop = Math.max(0, (line - 4) * 20);
  box.scrollIntoView({ block: "center" });
}

for (const link of document.querySelectorAll("[data-line]")) {
  link.addEventListener("click", lead);
}
