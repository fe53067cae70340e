const done = arguments[0]; let count = -1;
const look = () => { const now = performance.getEntriesByType('resource').length;
  if (document.readyState === 'complete' && now === count) done(true);
  else { count = now; setTimeout(look, 500); } };
look();
