// Return the databases (IndexedDB) of the page's origin as JSON can have them. A database is left
// out if it is large, or has values that only the browser can keep: files, keys.
(() => {
  const LONGEST_MS = 3000; // an upgrade that the page has begun may keep a database closed
  const MOST_ENTRIES = 1000; // of a store
  const LARGEST = 2_000_000; // characters of a database
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const packed = (value) => {
    if (value === undefined) return ['undefined'];
    if (typeof value === 'number') return ['number', String(value)];
    if (value === null || ['string', 'boolean'].includes(typeof value)) return ['plain', value];
    if (value instanceof Date) return ['date', value.getTime()];
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength);
      return ['bytes', value.constructor.name, [...bytes]];
    }
    if (Array.isArray(value)) return ['array', value.map(packed)];
    if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError('no plain data');
    return ['object', Object.entries(value).map(([key, inner]) => [key, packed(inner)])];
  };
  const read = async (database, name) => {
    const store = database.transaction(name).objectStore(name);
    const all = [done(store.getAllKeys(null, MOST_ENTRIES + 1)), done(store.getAll())];
    const [keys, values] = await Promise.all(all);
    if (keys.length > MOST_ENTRIES) throw new RangeError('too many entries');
    const indexes = [...store.indexNames].map((one) => {
      const {keyPath, unique, multiEntry} = store.index(one);
      return {name: one, keyPath, options: {unique, multiEntry}};
    });
    const options = {keyPath: store.keyPath, autoIncrement: store.autoIncrement};
    const entries = keys.map((key, at) => [packed(key), packed(values[at])]);
    return {name, options, indexes, entries};
  };
  const found = [];
  const readAll = async () => {
    for (const {name} of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      try {
        const stores = [];
        for (const one of database.objectStoreNames) stores.push(await read(database, one));
        if (JSON.stringify(stores).length <= LARGEST) {
          found.push({name, version: database.version, stores});
        }
      } catch {
        // it is left out: then the app shows the form, and is signed in to again
      } finally {
        database.close();
      }
    }
  };
  const late = new Promise((resolve) => setTimeout(resolve, LONGEST_MS));
  const tried = readAll().catch(() => {}); // the page may not use databases
  return Promise.race([tried, late]).then(() => found);
})()
