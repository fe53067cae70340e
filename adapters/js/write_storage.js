// Store again what KEPT has, before a script of the page runs.
(() => {
  const [origin, local, session] = KEPT;
  if (location.origin !== origin || window !== window.top) return;
  try {
    for (const [key, value] of local) localStorage.setItem(key, value);
    for (const [key, value] of session) sessionStorage.setItem(key, value);
  } catch {
    // the page may not use it: then it shows the form, and is signed in to again
  }
})();
