"""What runs in a page on virtual time before its own scripts, and what it is asked by."""

#: What a page tells by the binding: how many media are being sought (its time is to stand still
#: for as long), or that something is due when the grant ends, or may be at any time.
AT_THE_END, UNKNOWN = "end", "unknown"
# Chance and time as every run sees them. `performance.now` and the time that frames are told count
# from when the browser process, on its own clock, was asked for the document, and are blurred by a
# random 0.1 ms: counted from the document's beginning and rounded, they are the same every time.
# `due` and `frames` are what is to come: when the next timer fires, and how many callbacks wait
# for the next frame. `ends` is when the grant does: of a timer that is due just then is told, of
# what is not counted here every time, and of a frame's, which is not asked. The caret stands
# still: it blinks by a timer of the browser's own.
OWN_TIME_SCRIPT = """(() => {
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
})()"""
#: No frame can be drawn of a page while a list or picker of the browser's own is open over it, and
#: none is ever in the picture: they stay closed.
CLOSED_SCRIPT = """(() => {
  const key = Symbol.for('forge.closed');
  if (window[key]) return;
  Object.defineProperty(window, key, {value: true});
  const hit = (e, kinds) => { const it = e.composedPath()[0]; return it.matches?.(kinds) && it; };
  const list = e => { const it = hit(e, 'select:not([multiple])'); return it?.size < 2 && it; };
  addEventListener('mousedown', e => {
    const it = list(e);
    if (!it) return;
    e.preventDefault();
    it.addEventListener('mousedown', () => it.focus(), {once: true});
  }, true);
  addEventListener('keydown', e => {
    const opens = e.key === ' ' || e.key === 'F4' || e.altKey && /^Arrow(Up|Down)$/.test(e.key);
    if (opens && list(e)) e.preventDefault();
  }, true);
  const kinds = ['color', 'date', 'datetime-local', 'month', 'time', 'week'];
  const pickers = kinds.map(kind => `input[type=${kind}]`).join();
  addEventListener('click', e => hit(e, pickers) && e.preventDefault(), true);
  for (const {prototype} of [HTMLInputElement, HTMLSelectElement]) prototype.showPicker = () => {};
})()"""
#: `busy` are movements of which some may be a sign of waiting, as a spinner is. A caret that an
#: editor draws itself is none: it blinks, by steps between two looks.
DUE_SCRIPT = """(() => {
  const running = document.getAnimations().filter(a => a.playState === 'running');
  const blinks = a => {
    const frames = a.effect?.getKeyframes() ?? [];
    return frames.length < 4 && frames.every(f => /^steps?(-|\\(1\\b)/.test(f.easing));
  };
  const blinking = running.filter(blinks).length;
  const all = [[running.length, -1]];
  const look = w => {
    try {
      if (w[Symbol.for('forge.due')]) all.push(w[Symbol.for('forge.due')]());
      all[0][0] += [...w.document.querySelectorAll('video')].filter(v => !v.paused).length;
      for (let i = 0; i < w.frames.length; i++) look(w.frames[i]);
    } catch { /* of another origin */ }
  };
  look(window);
  const due = all.map(a => a[1]).filter(d => d >= 0);
  const moving = all.reduce((sum, a) => sum + a[0], 0);
  return [moving, moving - blinking, due.length ? Math.min(...due) : -1];
})()"""
GATE_SCRIPT = "window[Symbol.for('forge.gate')]?.(MS)"
#: Media play on threads that know no time but the machine's. Played at no speed at all, they are
#: sought once a frame to where they would be by then; the next frame shows it, or the one after.
#: `hold` is called with how many are being sought: as long the page's time is to stand still.
MEDIA_SCRIPT = """(() => {
  const hold = window.forgeHolds, key = Symbol.for('forge.media');
  if (!hold || window[key]) return;
  Object.defineProperty(window, key, {value: true});
  const media = HTMLMediaElement.prototype, ask = window.requestAnimationFrame;
  const native = name => Object.getOwnPropertyDescriptor(media, name);
  const speed = native('playbackRate'), where = native('currentTime'), play = media.play;
  const rates = new WeakMap(), sought = new Set(), playing = new Map();
  const note = (m, isSought) => {
    if (sought.has(m) === isSought) return;
    if (isSought) sought.add(m); else sought.delete(m);
    hold(String(sought.size));
  };
  const step = () => {
    const at = performance.now();
    for (const [m, was] of playing) {
      if (m.paused || m.ended) { playing.delete(m); continue; }
      if (m.readyState > 1 && !(m.seekable.length && m.seekable.end(0) > 0)) {
        speed.set.call(m, rates.get(m));  // its server sends it in one piece: it goes by itself
        playing.delete(m);
        continue;
      }
      const from = where.get.call(m) === was.shown ? was.to : where.get.call(m);
      const passed = m.seeking || m.readyState < 2 ? 0 : (at - was.at) / 1000 * rates.get(m);
      was.at = at;
      was.to = from + passed;
      if (was.to >= m.duration && m.loop) was.to %= m.duration;
      if (!passed) continue;
      note(m, true);
      // A little later: else chance has it which of two frames a time between them shows.
      where.set.call(m, Math.max(0, Math.min(was.to + 0.002, m.duration)));
      was.shown = where.get.call(m);
    }
    if (playing.size) ask.call(window, step);
  };
  const begin = m => {
    if (!playing.size) ask.call(window, step);
    playing.set(m, {at: performance.now()});
    speed.set.call(m, 0);
  };
  const OURS = ['seeking', 'seeked', 'waiting', 'playing', 'canplay', 'canplaythrough'];
  const ENDS = ['error', 'emptied', 'ended'];
  const adopt = m => {
    if (rates.has(m) || m.srcObject) return;  // what is live goes by its own clock
    rates.set(m, speed.get.call(m));
    m.defaultPlaybackRate = 0;  // which loading something else goes back to
    speed.set.call(m, 0);
    for (const type of [...OURS, ...ENDS]) m.addEventListener(type, e => {
      if (sought.has(m) && OURS.includes(type)) e.stopImmediatePropagation();
      if (type === 'seeked' || ENDS.includes(type)) note(m, false);
    });
    m.addEventListener('play', () => begin(m));
    if (!m.paused) begin(m);
  };
  Object.defineProperty(media, 'playbackRate', {...speed,
    get() { return rates.get(this) ?? speed.get.call(this); },
    set(rate) {
      if (!rates.has(this)) return speed.set.call(this, rate);
      rates.set(this, Number(rate));
      this.dispatchEvent(new Event('ratechange'));
    }});
  media.play = function () { adopt(this); return play.call(this); };
  const look = node => {
    if (node instanceof HTMLMediaElement) adopt(node);
    node.querySelectorAll?.('video, audio').forEach(adopt);
  };
  const watch = root => new MutationObserver(all => {
    for (const {addedNodes} of all) addedNodes.forEach(look);
  }).observe(root, {childList: true, subtree: true});
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (...args) {
    const root = attach.apply(this, args);
    watch(root);
    return root;
  };
  watch(document);
})()"""
#: Has the page's style be applied, if all of it is here.
STYLE_SCRIPT = """(() => {
  const links = document.querySelectorAll('link[rel~="stylesheet"]');
  if (![...links].some(link => !link.sheet && !link.disabled)) document.body?.offsetWidth;
})()"""
COMPLETE_SCRIPT = "document.readyState === 'complete'"
LOADED_SCRIPT = f"{COMPLETE_SCRIPT} && location.href !== 'about:blank'"
