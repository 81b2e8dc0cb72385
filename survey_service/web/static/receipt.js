// The answers are stored for good: the draft on this phone has done its work. Only one that was sent is removed, for
// on a shared phone the next person may have begun.
try {
  const key = `draft:${location.pathname.split("/receipt/")[0]}`;
  const draft = JSON.parse(localStorage.getItem(key));
  if (draft && draft.sent) localStorage.removeItem(key);
} catch (error) {
  // No storage: nothing was kept, nothing is to be removed.
}
