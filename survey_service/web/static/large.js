// 大字 without a request: the letters grow where they stand, and whatever is sent or followed next says so.
const control = document.querySelector("[data-large]");
const root = document.documentElement;

function show(large) {
  root.classList.toggle("large", large);
  control.textContent = large ? control.dataset.normal : control.dataset.large;
  for (const field of document.querySelectorAll("input[name=_text]")) field.value = large ? "large" : "normal";
  for (const link of document.querySelectorAll(".tools a, a[href^='/receipt']")) {
    const address = new URL(link.href);
    if (large) address.searchParams.set("text", "large");
    else address.searchParams.delete("text");
    link.href = address.href;
  }
  document.dispatchEvent(new Event("size"));
}

if (control) {
  control.addEventListener("click", (event) => {
    event.preventDefault();
    show(!root.classList.contains("large"));
  });
}
