const outward = (frame, [x, y, k]) => {
  const r = frame.getBoundingClientRect(), style = getComputedStyle(frame);
  const scale = r.width / (frame.offsetWidth || 1);
  const inset = side => frame['client' + side] + parseFloat(style['padding' + side]);
  return [r.x + (inset('Left') + x) * scale, r.y + (inset('Top') + y) * scale, k * scale];
};
const upward = (way, levels) => {
  let at = window;
  for (; at !== at.parent; at = at.parent, levels++) {
    let frame = null;
    try { frame = at.frameElement; } catch { /* of another origin */ }
    if (!frame) return {way, levels, foreign: true};
    way = outward(frame, way);
  }
  const seen = at.visualViewport;
  way = [(way[0] - seen.offsetLeft) * seen.scale, (way[1] - seen.offsetTop) * seen.scale,
         way[2] * seen.scale];
  return {way, levels, foreign: false};
};
