(() => {
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
})()
