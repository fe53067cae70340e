// Tells forge whether a worker has a timer set that will fire soon. False: it is too early to ask.
(() => {
  const tell = self.forgeHolds, soonest = 10000, key = Symbol.for('forge.timers');
  // A worker whose script is still on its way has none of its functions yet, and would never get
  // the ones that something else has taken the names of.
  if (typeof self.setTimeout !== 'function' || typeof self.clearInterval !== 'function') return false;
  if (!tell || self[key]) return true;
  Object.defineProperty(self, key, {value: true});
  delete self.forgeHolds;
  const set = new Set();
  let told = false;
  // At the end of a task: a timer that is set anew each time it fires is set all along.
  const note = () => setTimer.call(self, () => {
    if (told === set.size > 0) return;
    told = set.size > 0;
    tell(told ? 'pending' : 'none');
  }, 0);
  const setTimer = self.setTimeout;
  const watch = (name, once, longest) => {
    const native = self[name];
    self[name] = function (what, delay, ...rest) {
      if (typeof what !== 'function') return native.call(self, what, delay, ...rest);
      const id = native.call(self, (...given) => {
        if (once) { set.delete(id); note(); }
        what.apply(self, given);
      }, delay, ...rest);
      if (!(delay > longest)) { set.add(id); note(); }
      return id;
    };
  };
  watch('setTimeout', true, soonest);
  watch('setInterval', false, 2000);
  for (const name of ['clearTimeout', 'clearInterval']) {
    const native = self[name];
    self[name] = id => { if (set.delete(Number(id))) note(); return native.call(self, id); };
  }
  return true;
})()
