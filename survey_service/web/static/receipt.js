// The answers are stored for good: their draft on this phone has done its work. Only that one is removed, known by its
// id, for on a shared phone the next person may have begun. A mark without answers and receipt remains, so that nobody
// who comes back to the form believes that nothing was submitted.
const { code, id } = document.getElementById("done").dataset;
try {
  const draft = JSON.parse(localStorage.getItem(`draft:/a/${code}`));
  if (draft && draft.id === id) localStorage.removeItem(`draft:/a/${code}`);
  localStorage.setItem(`done:/a/${code}`, "1");
} catch (error) {
  // No storage: nothing was kept, nothing is to be removed.
}
