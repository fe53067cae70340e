const [x, y, right, down, begins, keys] = arguments;
const above = n => n.assignedSlot || n.parentElement || n.getRootNode().host
  || n.ownerDocument.defaultView?.frameElement;
const under = (root, x, y) => {
  const hit = root.elementFromPoint(x, y);
  if (!hit) return [root.documentElement, x, y];
  const inner = hit.shadowRoot?.elementFromPoint(x, y);
  if (inner && inner !== hit) return under(hit.shadowRoot, x, y);
  if (!/^I?FRAME$/.test(hit.tagName)) return [hit, x, y];
  const box = hit.getBoundingClientRect(), scale = box.width / (hit.offsetWidth || 1);
  if (!hit.contentDocument) return null;  // of another origin
  const inset = side => hit['client' + side] + parseFloat(getComputedStyle(hit)['padding' + side]);
  return under(hit.contentDocument, (x - box.x) / scale - inset('Left'),
               (y - box.y) / scale - inset('Top'));
};
const scrolls = n => {  // which ways the user may scroll it, and which end there
  const root = n === n.ownerDocument.scrollingElement, html = n.ownerDocument.documentElement;
  let style = getComputedStyle(n);
  const ends = [style.overscrollBehaviorX, style.overscrollBehaviorY].map(end => end !== 'auto');
  if (root) {
    style = getComputedStyle(html);
    if (style.overflow === 'visible' && n.ownerDocument.body)
      style = getComputedStyle(n.ownerDocument.body);
  } else if (n === n.ownerDocument.body && getComputedStyle(html).overflow === 'visible') {
    return [[false, false], ends];  // what it says of itself, it says of the page
  }
  const does = how => how === 'auto' || how === 'scroll' || root && how === 'visible';
  return [[does(style.overflowX), does(style.overflowY)], ends];
};
const room = (at, size, seen, by, backwards) => {
  const [first, last] = backwards ? [seen - size, 0] : [0, size - seen];
  return by < 0 ? at > first + 0.5 : by > 0 && at < last - 0.5;
};
const box = from => {
  for (let n = from; n; n = above(n)) {
    const [ways, ends] = scrolls(n), backwards = getComputedStyle(n).direction === 'rtl';
    if (ways[0] && room(n.scrollLeft, n.scrollWidth, n.clientWidth, right, backwards)
      || ways[1] && room(n.scrollTop, n.scrollHeight, n.clientHeight, down, false)) return n;
    if (ways[0] && right && ends[0] || ways[1] && down && ends[1]) return null;
  }
  return null;
};
const key = Symbol.for('forge.wheel');
let state = begins ? null : window[key];
if (!state?.it.isConnected) {
  const found = under(document, x, y);
  if (!found) return false;
  const [it, inX, inY] = found;
  state = window[key] = {...state, it, inX, inY};
}
const view = state.it.ownerDocument.defaultView;
const goes = state.it.dispatchEvent(new view.WheelEvent('wheel', {
  bubbles: true, cancelable: true, composed: true, view, detail: 0, deltaMode: 0,
  deltaX: right, deltaY: down, clientX: state.inX, clientY: state.inY, screenX: x, screenY: y,
  altKey: !!(keys & 1), ctrlKey: !!(keys & 2), metaKey: !!(keys & 4), shiftKey: !!(keys & 8)}));
if (!goes || keys & 2) return true;  // with Control it would zoom, which is not done here
if (!state.box?.isConnected) state.box = box(state.it);
const n = state.box;
if (!n) return true;
const now = [n.scrollLeft, n.scrollTop], snaps = getComputedStyle(n).scrollSnapType !== 'none';
const left = state.seen?.every((v, i) => v === now[i]) && snaps ? state.meant : now;
const [ways] = scrolls(n);
state.meant = [left[0] + (ways[0] ? right : 0), left[1] + (ways[1] ? down : 0)];
n.scrollTo({left: state.meant[0], top: state.meant[1], behavior: 'instant'});
state.seen = [n.scrollLeft, n.scrollTop];
return true;
