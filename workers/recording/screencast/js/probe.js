(() => {
  const timers = window[Symbol.for('forge.timers')];
  const busy = a => a.playState === 'running'
    && Number.isFinite(a.effect?.getComputedTiming().endTime);
  return [document.getAnimations().filter(busy).length, timers ? timers() : 0];
})()
