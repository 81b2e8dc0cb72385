// The answers are stored for good: the draft on this phone has done its work. Only one that was sent is removed, for
// on a shared phone the next person may have begun. A mark without answers and receipt remains, so that nobody who
// comes back to the form believes that nothing was submitted.
try {
  const page = location.pathname.split("/receipt/")[0];
  const draft = JSON.parse(localStorage.getItem(`draft:${page}`));
  if (draft && draft.sent) localStorage.removeItem(`draft:${page}`);
  localStorage.setItem(`done:${page}`, "1");
} catch (error) {
  // No storage: nothing was kept, nothing is to be removed.
}
