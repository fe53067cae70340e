const isField = it => it.tagName === 'TEXTAREA' || it.tagName === 'INPUT'
  && ['text', 'search', 'email', 'tel', 'url', 'password', 'number'].includes(it.type);
