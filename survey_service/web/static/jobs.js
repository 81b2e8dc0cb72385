// Follows background work on a page that shows it: asks how far it has come, and shows the page anew when it is done.
// Without this module the page works by reloading.

const EVERY = 1500;

function going(element) {
  return element.dataset.state === "waiting" || element.dataset.state === "running";
}

function show(element, job, nobodyWorks) {
  const waits = element.querySelector("[data-nobody-works]");
  if (waits) {
    waits.hidden = !(nobodyWorks && job.state === "waiting");
  }
  const bar = element.querySelector("progress");
  const count = element.querySelector("[data-count]");
  if (bar && job.total) {
    bar.max = job.total;
    bar.value = job.done;
  }
  if (count && job.total) {
    count.textContent = `${job.done} / ${job.total}`;
  }
}

async function ask(elements) {
  const answer = await fetch(elements[0].dataset.poll, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    return; // signed out, or the service restarts: the next turn finds out
  }
  const { jobs, nobody_works: nobodyWorks } = await answer.json();
  for (const element of elements) {
    const job = jobs.find((one) => one.kind === element.dataset.job);
    if (!job) {
      continue;
    }
    if (job.state !== element.dataset.state && (job.state === "done" || job.state === "failed")) {
      location.reload();
      return;
    }
    element.dataset.state = job.state;
    show(element, job, nobodyWorks);
  }
}

async function follow(elements) {
  try {
    await ask(elements);
  } catch {
    // no network: ask again later
  }
  const left = elements.filter(going);
  if (left.length > 0) {
    setTimeout(follow, EVERY, left);
  }
}

const shown = [...document.querySelectorAll("[data-job]")].filter(going);
if (shown.length > 0) {
  setTimeout(follow, EVERY, shown);
}
