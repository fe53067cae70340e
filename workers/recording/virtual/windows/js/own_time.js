(() => {
  const key = Symbol.for('forge.due');
  if (window[key]) return;
  const steady = new CSSStyleSheet();
  steady.replaceSync(':root { caret-animation: manual }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, steady];
  const seed = SEED;
  if (seed !== null) {
    let state = seed >>> 0;
    Math.random = () => {  // mulberry32
      state = state + 0x6D2B79F5 | 0;
      let t = Math.imul(state ^ state >>> 15, 1 | state);
      t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
      return ((t ^ t >>> 14) >>> 0) / 4294967296;
    };
  }
  const now = performance.now.bind(performance), zero = now();
  performance.now = () => Math.round(now() - zero);
  const stamp = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp').get;
  Object.defineProperty(Event.prototype, 'timeStamp', {configurable: true, enumerable: true,
    get() { return Math.max(0, Math.round(stamp.call(this) - zero)); }});
  const frames = new Set(), ask = window.requestAnimationFrame;
  const cancel = window.cancelAnimationFrame;
  window.requestAnimationFrame = what => {
    const id = ask.call(window, at => {
      frames.delete(id);
      what.call(window, Math.round(at - zero));
    });
    frames.add(id);
    return id;
  };
  window.cancelAnimationFrame = id => { frames.delete(id); return cancel.call(window, id); };
  const due = new Map(), tell = window.forgeHolds;
  let ends = 0;
  const mind = at => {
    if (window !== top) tell?.('unknown'); else if (Math.abs(at - ends) < 1) tell?.('end');
  };
  const arm = (id, wait) => { due.set(id, now() + wait); mind(now() + wait); };
  const note = (set, once) => function (what, delay, ...rest) {
    if (typeof what !== 'function') {
      tell?.('unknown');
      return set.call(window, what, delay, ...rest);
    }
    const wait = Math.max(0, Number(delay) || 0);
    const id = set.call(window, (...args) => {
      if (once) due.delete(id); else arm(id, wait);
      what.apply(window, args);
    }, delay, ...rest);
    arm(id, wait);
    return id;
  };
  const warn = (owner, name, waits) => {
    const call = owner?.[name];
    if (!call) return;
    owner[name] = function (...args) {
      if (waits(...args)) tell?.('unknown');
      return call.apply(this, args);
    };
  };
  warn(window.AbortSignal, 'timeout', () => true);
  warn(window.scheduler, 'postTask', (_, options) => options?.delay);
  const forget = clear => id => { due.delete(Number(id)); return clear.call(window, id); };
  window.setTimeout = note(window.setTimeout, true);
  window.setInterval = note(window.setInterval, false);
  window.clearTimeout = forget(window.clearTimeout);
  window.clearInterval = forget(window.clearInterval);
  Object.defineProperty(window, key, {value: () =>
    [frames.size, due.size ? Math.max(0, Math.min(...due.values()) - now()) : -1]});
  Object.defineProperty(window, Symbol.for('forge.gate'), {value: ms => {
    ends = now() + ms;
    due.forEach(mind);
    return new Promise(done => ask.call(window, () => done()));
  }});
})()
