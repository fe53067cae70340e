// Tells forge of what the page talks to that DevTools do not show: workers, channels, peers.
// `tell(what)`, what: "out:<opened|sent|received|closed>:<kind>:<number>:<label>".
(() => {
  const binding = window.forgeHolds, key = Symbol.for('forge.outsides');
  if (!binding || window[key]) return;
  Object.defineProperty(window, key, {value: true});
  let count = 0;
  const numbers = new WeakMap();
  const tell = (what, kind, it, label = '') =>
    binding(`out:${what}:${kind}:${numbers.get(it)}:${label}`);
  // A proxy: `instanceof`, names and prototypes stay as they are.
  const onNew = (name, then) => {
    const Native = window[name];
    if (!Native) return;
    window[name] = new Proxy(Native, {
      construct(target, given, asked) {
        const it = Reflect.construct(target, given, asked);
        numbers.set(it, ++count);
        try { then(it, given); } catch { /* what the page does comes first */ }
        return it;
      },
    });
  };
  const onSend = (prototype, kind) => {
    const post = prototype?.postMessage;
    if (!post) return;
    prototype.postMessage = function (...given) {
      if (numbers.has(this)) tell('sent', kind, this);
      return post.apply(this, given);
    };
  };
  const hears = (port, kind, it) => port.addEventListener('message', () => tell('received', kind, it));
  onNew('Worker', (it, [url]) => {
    tell('opened', 'worker', it, String(url));
    hears(it, 'worker', it);
    it.addEventListener('error', () => tell('received', 'worker', it));
  });
  onNew('SharedWorker', (it, [url]) => {
    tell('opened', 'shared worker', it, String(url));
    numbers.set(it.port, numbers.get(it));
    hears(it.port, 'shared worker', it);
  });
  onNew('BroadcastChannel', (it, [name]) => {
    tell('opened', 'broadcast channel', it, String(name));
    hears(it, 'broadcast channel', it);
  });
  onSend(window.Worker?.prototype, 'worker');
  onSend(window.BroadcastChannel?.prototype, 'broadcast channel');
  onSend(window.MessagePort?.prototype, 'shared worker');  // only a shared worker's has a number
  const terminate = window.Worker?.prototype.terminate;
  if (terminate) window.Worker.prototype.terminate = function () {
    if (numbers.has(this)) tell('closed', 'worker', this);
    return terminate.call(this);
  };
  const close = window.BroadcastChannel?.prototype.close;
  if (close) window.BroadcastChannel.prototype.close = function () {
    if (numbers.has(this)) tell('closed', 'broadcast channel', this);
    return close.call(this);
  };
  const service = window.ServiceWorker?.prototype;
  const ask = service?.postMessage;
  if (ask) service.postMessage = function (...given) {
    if (!numbers.has(this)) {
      numbers.set(this, ++count);
      tell('opened', 'service worker', this, this.scriptURL);
      hears(navigator.serviceWorker, 'service worker', this);
    }
    tell('sent', 'service worker', this);
    return ask.apply(this, given);
  };
  onNew('RTCPeerConnection', it => {
    tell('opened', 'WebRTC', it);
    it.addEventListener('connectionstatechange', () => {
      if (['closed', 'failed'].includes(it.connectionState)) tell('closed', 'WebRTC', it);
    });
  });
  const hangUp = window.RTCPeerConnection?.prototype.close;
  if (hangUp) window.RTCPeerConnection.prototype.close = function () {
    if (numbers.has(this)) tell('closed', 'WebRTC', this);
    return hangUp.call(this);
  };
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  if (source?.set) Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {...source,
    set(stream) {
      if (stream) {
        if (!numbers.has(this)) numbers.set(this, ++count);
        tell('opened', 'live media', this);
      } else if (numbers.has(this)) tell('closed', 'live media', this);
      source.set.call(this, stream);
    }});
})()
