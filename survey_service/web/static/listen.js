// 听: nothing is fetched before a tap, and one voice is heard at a time. Without this script the link plays it.
let now = null;

function show(link, words, state) {
  link.querySelector("[data-label]").textContent = words;
  link.dataset.state = state;
}

function stop() {
  if (!now) return;
  const { audio, link } = now;
  now = null;
  audio.pause();
  audio.removeAttribute("src");
  show(link, link.dataset.listen, "");
}

function failed(link) {
  if (!now || now.link !== link) return;
  now = null;
  show(link, link.dataset.fault, "fault");
}

function play(link) {
  const audio = new Audio();
  now = { audio, link };
  show(link, link.dataset.stop, "loading");
  audio.addEventListener("playing", () => { if (now && now.audio === audio) show(link, link.dataset.stop, "playing"); });
  audio.addEventListener("ended", () => { if (now && now.audio === audio) stop(); });
  audio.addEventListener("error", () => failed(link));
  audio.src = link.href;
  audio.play().catch(() => failed(link));
}

function tapped(event) {
  event.preventDefault();
  const link = event.currentTarget;
  const again = now !== null && now.link === link;
  stop();
  if (!again) play(link);
}

for (const link of document.querySelectorAll("a[data-listen]")) {
  link.setAttribute("role", "button");
  link.removeAttribute("target");
  link.addEventListener("click", tapped);
  link.addEventListener("keydown", (event) => { if (event.key === " ") tapped(event); });
}
// The next question is read by its own voice.
document.addEventListener("click", (event) => { if (event.target.closest("[data-turn]")) stop(); });
addEventListener("hashchange", stop);
addEventListener("pagehide", stop);
