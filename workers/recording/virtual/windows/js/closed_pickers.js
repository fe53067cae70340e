(() => {
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
})()
