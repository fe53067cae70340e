DROP TABLE IF EXISTS event;
DROP TABLE IF EXISTS guest;
DROP TABLE IF EXISTS programme;
DROP TABLE IF EXISTS setting;
CREATE TABLE event (
  id INTEGER PRIMARY KEY, title TEXT, venue TEXT, day TEXT, about TEXT, status TEXT, listed INTEGER
);
CREATE TABLE guest (
  id INTEGER PRIMARY KEY, event_id INTEGER, name TEXT, email TEXT, role TEXT, answer TEXT
);
CREATE TABLE programme (id INTEGER PRIMARY KEY, event_id INTEGER, starts TEXT, title TEXT);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT);
