const [it] = arguments;
const others = 'option, optgroup, select, area, input[type=file], iframe, frame, object, embed';
const all = it.getBoundingClientRect(), box = it.getClientRects()[0];
if (!box?.width || !box.height || !seen(it) || it.matches(others)) return false;
if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) return false;
const middle = (outer, inner, size) =>  // in whole pixels, as chromedriver counts them
  Math.floor(outer + Math.floor(inner - outer) + size / 2);
const hits = (it, x, y) => {
  let hit = null;
  for (let root = it.ownerDocument, inner; root; root = hit.shadowRoot) {
    inner = root.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  while (hit && hit !== it) hit = hit.assignedSlot || hit.parentElement || hit.getRootNode().host;
  return hit === it;
};
const local = [middle(all.left, box.left, box.width), middle(all.top, box.top, box.height)];
if (!hits(it, ...local)) return 'covered';
let way = [...local, 1];
for (let w = window; w !== w.parent; w = w.parent) {
  let frame = null;
  try { frame = w.frameElement; } catch { /* of another origin */ }
  if (!frame) return false;
  way = outward(frame, way);
  if (!hits(frame, way[0], way[1])) return 'covered';
}
const {way: [x, y]} = upward([...local, 1], 0);
return [x, y];
