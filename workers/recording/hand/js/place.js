const [given, types] = arguments;
const above = n => n.assignedSlot || n.parentElement || n.getRootNode().host;
const editable = given.isContentEditable || !!given.editContext || isField(given);
const least = 4;
const shown = n => {
  let {left, top, right, bottom} = n.getBoundingClientRect();
  for (let a = above(n); a && a !== document.body && a !== document.documentElement; a = above(a)) {
    if (!['hidden', 'clip'].includes(getComputedStyle(a).overflow)) continue;
    const r = a.getBoundingClientRect();
    left = Math.max(left, r.left); right = Math.min(right, r.right);
    top = Math.max(top, r.top); bottom = Math.min(bottom, r.bottom);
  }
  return right - left >= least && bottom - top >= least && seen(n)
    && right + scrollX > 0 && bottom + scrollY > 0;
};
let stands = given;
if (types && editable) {
  while (stands && stands !== document.body && !shown(stands)) stands = above(stands);
  if (!stands || stands === document.body) stands = given;
}
const attention = given.getRootNode().activeElement;
const list = given.closest('select');
const it = list && list !== given && list.size < 2 && !list.multiple ? list : stands;
const box = it.getBoundingClientRect(), first = it.getClientRects()[0] || box;
const room = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
for (let n = above(it); n && n !== document.documentElement; n = above(n)) {
  if (n === document.body || getComputedStyle(n).overflow === 'visible') continue;
  const r = n.getBoundingClientRect();
  room.left = Math.max(room.left, r.left); room.right = Math.min(room.right, r.right);
  room.top = Math.max(room.top, r.top); room.bottom = Math.min(room.bottom, r.bottom);
}
const middle = (low, high, from, to) => (Math.max(low, from) + Math.min(high, to)) / 2;
const hidden = (low, high, from, to) =>
  high - low <= to - from ? low < from - 1 || high > to + 1 : low > to - 20 || high < from + 20;
const style = getComputedStyle(it).cursor;
const pickers = ['date', 'datetime-local', 'month', 'time', 'week', 'color'];
const usable = n => !n.matches(':disabled') && shown(n);
const closed = list && list.size < 2 && !list.multiple && usable(list)
  && getComputedStyle(list).appearance !== 'base-select';  // a list that the page itself draws
const widget = closed ? (given === list ? 'list' : given.matches('option') ? 'option' : '')
  : given.tagName === 'INPUT' && pickers.includes(given.type) && !given.readOnly && usable(given)
    ? 'picker' : '';
return {
  box: [box.x, box.y, box.width, box.height],
  point: [middle(first.left, first.right, 0, innerWidth),
          middle(first.top, first.bottom, 0, innerHeight)],
  hidden: hidden(box.left, box.right, room.left, room.right)
    || hidden(box.top, box.bottom, room.top, room.bottom),
  shape: style === 'pointer' || style.startsWith('grab') ? 'hand'
    : style.endsWith('text') || style === 'auto' && editable ? 'text' : 'arrow',
  editable,
  widget,
  secret: given.type === 'password',
  attended: stands !== given && stands.contains(attention),
  up: upward([0, 0, 1], 0),
};
