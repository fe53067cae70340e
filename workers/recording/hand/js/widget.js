const [given, before] = arguments;
const it = given.closest('select') || given, style = getComputedStyle(it);
const rtl = style.direction === 'rtl', fresh = before === null;
const MOST = 200;
const list = () => {
  const rows = [], hides = n => n.hidden || getComputedStyle(n).display === 'none';
  let group = null;
  for (const option of it.options) {
    const parent = option.closest('optgroup');
    if (hides(option) || parent && hides(parent)) continue;
    const disabled = !!parent?.disabled;
    if (parent && parent !== group) rows.push({label: parent.label, group: true, disabled});
    group = parent;
    rows.push({label: option.label, group: false, disabled: disabled || option.disabled, option});
  }
  const row = option => rows.findIndex(row => row.option && row.option === option);
  const meant = given.matches('option') ? given : it.options[it.selectedIndex];
  const chosen = row(meant), was = row(it.options[fresh ? it.selectedIndex : before]);
  const first = Math.max(0, Math.min(chosen - MOST / 2, rows.length - MOST));
  const seen = rows.slice(first, first + MOST);
  const number = n => n - first >= 0 && n - first < seen.length && n >= 0 ? n - first : null;
  return {
    kind: 'list', rtl, font_px: parseFloat(style.fontSize) || 16,
    before: number(was), chosen: number(chosen),
    rows: seen.map(({label, group, disabled}) => ({label, group, disabled})),
  };
};
const locale = navigator.language, day_ms = 86400e3;
const date = (year, month, day) => new Date(Date.UTC(year, month, day));
const parts = (at, options) => new Intl.DateTimeFormat(locale, {timeZone: 'UTC', ...options})
  .formatToParts(at);
const words = (at, options) => parts(at, options).map(part => part.value).join('');
const figure = (n, least = 1) =>
  new Intl.NumberFormat(locale, {minimumIntegerDigits: least, useGrouping: false}).format(n);
const days = (year, month, first) => {
  const lead = (date(year, month, 1).getUTCDay() - first + 7) % 7;
  const count = date(year, month + 1, 0).getUTCDate();
  const heads = [...Array(7).keys()].map(n => words(date(2024, 0, 7 + first + n), {weekday: 'short'}));
  const cells = [...Array(lead).fill(''), ...[...Array(count).keys()].map(n => figure(n + 1))];
  return {lead, heads, cells, title: words(date(year, month, 1), {month: 'long', year: 'numeric'})};
};
const ofDay = (value, was) => {
  const [year, month, day] = value.split('-').map(Number), info = new Intl.Locale(locale);
  const first = (info.getWeekInfo?.() ?? info.weekInfo ?? {firstDay: 7}).firstDay % 7;
  const {lead, ...shown} = days(year, month - 1, first), other = was.split('-').map(Number);
  const same = other[0] === year && other[1] === month;
  return {...shown, chosen: lead + day - 1, before: same ? lead + other[2] - 1 : null};
};
const ofWeek = value => {
  const [year, week] = value.split('-W').map(Number), fourth = date(year, 0, 4);
  const monday = +fourth - (fourth.getUTCDay() + 6) % 7 * day_ms + (week - 1) * 7 * day_ms;
  const thursday = new Date(monday + 3 * day_ms);
  const {lead, ...shown} = days(thursday.getUTCFullYear(), thursday.getUTCMonth(), 1);
  return {...shown, chosen: lead + thursday.getUTCDate() - 4, span: 7};
};
const ofMonth = (value, was) => {
  const [year, month] = value.split('-').map(Number), other = was.split('-').map(Number);
  const cells = [...Array(12).keys()].map(n => words(date(year, n, 1), {month: 'short'}));
  const title = words(date(year, 0, 1), {year: 'numeric'});
  return {title, cells, across: 4, chosen: month - 1, before: other[0] === year ? other[1] - 1 : null};
};
const ofTime = value => {
  const [hour, minute] = value.split(':').map(Number), around = [-2, -1, 0, 1, 2];
  const halves = new Intl.DateTimeFormat(locale, {hour: 'numeric'}).resolvedOptions().hour12;
  const shown = h => halves ? (h + 11) % 12 + 1 : h;
  const columns = [
    {labels: around.map(n => figure(shown((hour + n + 24) % 24), 2)), chosen: 2},
    {labels: around.map(n => figure((minute + n + 60) % 60, 2)), chosen: 2},
  ];
  const half = h => parts(new Date(Date.UTC(2024, 0, 1, h)), {hour: 'numeric', hour12: true})
    .find(part => part.type === 'dayPeriod')?.value ?? '';
  if (halves) columns.push({labels: [half(1), half(13)], chosen: hour < 12 ? 0 : 1});
  return {columns};
};
const calendar = () => {
  const value = it.value, was = fresh ? value : String(before);
  if (!value) return null;
  const [day, time] = value.split('T');
  const shown = it.type === 'date' ? ofDay(value, was) : it.type === 'month' ? ofMonth(value, was)
    : it.type === 'week' ? ofWeek(value) : it.type === 'time' ? ofTime(value)
    : {...ofDay(day, was.split('T')[0]), ...ofTime(time)};
  return {kind: 'calendar', rtl, value, ...shown};
};
if (it.tagName === 'SELECT') return {value: it.selectedIndex, widget: list()};
const widget = it.type === 'color'
  ? {kind: 'palette', before: fresh ? it.value : before, after: it.value} : calendar();
return {value: it.value, widget};
