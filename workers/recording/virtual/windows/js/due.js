(() => {
  const running = document.getAnimations().filter(a => a.playState === 'running');
  const blinks = a => {
    const frames = a.effect?.getKeyframes() ?? [];
    return frames.length < 4 && frames.every(f => /^steps?(-|\(1\b)/.test(f.easing));
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
})()
