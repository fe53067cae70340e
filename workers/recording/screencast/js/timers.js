(() => {
  const key = Symbol.for('forge.timers');
  if (window[key]) return;
  const delays = new Map();
  const note = (set, once) => function (what, delay, ...rest) {
    if (typeof what !== 'function') return set.call(window, what, delay, ...rest);
    const id = set.call(window, once ? (...args) => { delays.delete(id); what.apply(window, args); }
                                     : what, delay, ...rest);
    if (delay <= LIMIT) delays.set(id, delay);
    return id;
  };
  const forget = clear => id => { delays.delete(Number(id)); return clear.call(window, id); };
  window.setTimeout = note(window.setTimeout, true);
  window.setInterval = note(window.setInterval, false);
  window.clearTimeout = forget(window.clearTimeout);
  window.clearInterval = forget(window.clearInterval);
  Object.defineProperty(window, key, {value: () => Math.max(0, ...delays.values())});
})()
