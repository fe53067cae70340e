(() => {
  const rootsOf = root => [...root.querySelectorAll('*')].filter(it => it.shadowRoot)
    .flatMap(it => [it.shadowRoot, ...rootsOf(it.shadowRoot)]);
  const escaped = text => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
  const htmlOf = document => {
    const {doctype, documentElement: top} = document;
    if (!top) return '';
    const roots = rootsOf(document);
    const head = doctype ? new XMLSerializer().serializeToString(doctype) : '';
    const open = top.cloneNode(false).outerHTML.replace(/<\/[^>]*>$/, '');
    const inner = top.getHTML ? top.getHTML({shadowRoots: roots}) : top.innerHTML;
    const frames = [document, ...roots]
      .flatMap(root => [...root.querySelectorAll('iframe,frame')]).map(shown).join('');
    return `${head}${open}${inner}</${top.localName}>${frames}`;
  };
  // A copy of a frame's document, after the page that has the frame.
  const shown = frame => {
    let inner = null;
    try { inner = frame.contentDocument; } catch { /* of another site */ }
    const name = escaped([frame.id, frame.name, frame.src].filter(Boolean).join(' '));
    return inner ? `\n<p>frame ${name}</p><iframe srcdoc="${escaped(htmlOf(inner))}"></iframe>`
      : `\n<p>frame ${name}: of another site, its content is not kept</p>`;
  };
  return htmlOf(document).slice(0, LONGEST_PAGE);
})()
