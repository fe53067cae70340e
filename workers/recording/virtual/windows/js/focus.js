if (!isField(it) || !seen(it) || it.matches(':disabled') || it.getRootNode() !== document)
  return false;
const box = it.getBoundingClientRect(), before = document.activeElement;
if (!box.width || !box.height) return false;
if (it === before) return true;
before?.blur();
it.focus();
if (document.activeElement !== it) return false;
try { it.setSelectionRange(it.value.length, it.value.length); } catch { /* it has no caret */ }
return true;
