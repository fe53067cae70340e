let [frame, way] = arguments;
const frames = [...document.querySelectorAll('iframe, frame')];
if (typeof frame === 'number') frame = frames.find(f => f.contentWindow === window[frame]);
return upward(outward(frame, way), 1);
