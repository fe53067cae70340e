// What a page has that may be meant by a locator which matches nothing in it.
const MOST = 1500;
const [part, wantsText] = arguments;
const roots = rootsOf(document);
const all = selector => roots.flatMap(root => [...root.querySelectorAll(selector)]).slice(0, MOST);
const controls = () => all(['a', 'area', 'button', 'summary', 'input', 'textarea', 'select', 'option',
  'h1,h2,h3,h4,h5,h6', '[role]', '[contenteditable]', '[aria-haspopup]'].join())
  .filter(it => Object.keys(KINDS).some(kind => isKind(it, kind, 1)));
const texts = () => all('body *').filter(it => !it.matches(QUIET)
  && [...it.childNodes].some(node => node.nodeType === 3 && fold(node.data)));
const described = (it, name) => ({...describe(it), ...(name === undefined ? {} : {name})});
const near = () => {
  if (!part) return (wantsText ? texts() : controls())
    .map(it => described(it, wantsText ? short(fold(it.innerText ?? '')) || fold(it.textContent) : undefined));
  try {
    return roots.flatMap(root => [...PLAIN[part.kind](part.names[0], root)]).slice(0, MOST)
      .map(it => describe(it));
  } catch { return []; }
};
const words = attribute => [...new Set(all(`[${attribute}]`).map(it => it.getAttribute(attribute)))];
return {
  found: near(),
  words: part ? {id: words('id'), name: words('name'),
    class: [...new Set(all('[class]').flatMap(it => [...it.classList]))]} : {},
  frames: roots.flatMap(root => [...root.querySelectorAll('iframe,frame')])
    .map(frame => [frame, labelOf(frame)]),
};
