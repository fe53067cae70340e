function () {
  const it = (function () { SOURCE }).apply(null, arguments);
  return it instanceof Node ? null : {it};
}
