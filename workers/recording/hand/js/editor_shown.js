const [inside] = arguments, it = window[Symbol.for('forge.editor')];
return inside ? focused() : it.querySelector('.cm-content') || it;
