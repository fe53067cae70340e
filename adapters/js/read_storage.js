// Return what the page's origin has stored: [origin, entries of localStorage, of sessionStorage].
(() => {
  const entries = (name) => {
    try {
      return Object.entries(window[name]);
    } catch {
      return []; // the page may not use it
    }
  };
  return [location.origin, entries('localStorage'), entries('sessionStorage')];
})()
