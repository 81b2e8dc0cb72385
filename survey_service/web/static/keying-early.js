// A classic script in the head: until the page's modules are here nothing can take a key, so what is pressed is put by,
// in order, and handed over. Without the modules the page is a plain form, and this stands aside.

(() => {
  if (!("noModule" in HTMLScriptElement.prototype)) return;
  const early = { keys: [], stop };
  const put = (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key.length > 1 && !/^(Enter|Backspace|Escape|ArrowUp|ArrowDown|F2|F4|F8|F9)$/.test(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) early.keys.push(event.key);
  };
  const failed = (event) => {
    if (event.target instanceof HTMLScriptElement) stop();
  };
  function stop() {
    removeEventListener("keydown", put, true);
    removeEventListener("error", failed, true);
  }
  addEventListener("keydown", put, true);
  addEventListener("error", failed, true);
  window.keyedEarly = early;
})();
