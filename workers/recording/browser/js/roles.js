// Roles: `roleOf(element)`, and the kinds of elements that forge's locators name.
const ROLES = new Set(`alert alertdialog application article banner blockquote button caption cell
  checkbox code columnheader combobox complementary contentinfo definition deletion dialog directory
  document emphasis feed figure form generic grid gridcell group heading img insertion link list
  listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter
  navigation none note option paragraph presentation progressbar radio radiogroup region row rowgroup
  rowheader scrollbar search searchbox separator slider spinbutton status strong subscript superscript
  switch tab table tablist tabpanel term textbox time timer toolbar tooltip tree treegrid treeitem`
  .split(/\s+/));
const INPUTS = {button: 'button', submit: 'button', reset: 'button', image: 'button',
  checkbox: 'checkbox', radio: 'radio', range: 'slider', number: 'spinbutton', hidden: '',
  search: 'searchbox', file: 'file', color: 'picker', date: 'picker', 'datetime-local': 'picker',
  month: 'picker', time: 'picker', week: 'picker'};
const FIELDS = ['textbox', 'searchbox', 'combobox', 'spinbutton', 'slider', 'checkbox', 'radio',
  'switch', 'file', 'picker', 'list'];
const ITEMS = ['menuitem', 'menuitemcheckbox', 'menuitemradio'];
// By kind: its roles, and the markup that has one without a `role`.
const KINDS = {
  button: [['button'], 'button,summary,input'],
  link: [['link'], 'a,area'],
  field: [FIELDS, 'input,textarea,select,[contenteditable]'],
  tab: [['tab'], ''],
  option: [['option', 'treeitem'], 'option'],
  menu: [ITEMS, ''],
  heading: [['heading'], 'h1,h2,h3,h4,h5,h6'],
};
const nativeRole = it => {
  const tag = it.localName;
  if (tag === 'a' || tag === 'area') {
    return it.hasAttribute('href') || it.hasAttribute('xlink:href') ? 'link' : '';
  }
  if (tag === 'button' || tag === 'summary') return 'button';
  if (/^h[1-6]$/.test(tag)) return 'heading';
  if (tag === 'option') return 'option';
  if (tag === 'select') return it.multiple || it.size > 1 ? 'list' : 'combobox';
  if (tag === 'textarea') return 'textbox';
  if (tag === 'input') return INPUTS[it.type] ?? (it.hasAttribute('list') ? 'combobox' : 'textbox');
  if (tag === 'img') return 'img';
  return it.isContentEditable && !it.parentElement?.isContentEditable ? 'textbox' : '';
};
const roleOf = it => {
  const given = (it.getAttribute('role') ?? '').toLowerCase().split(/\s+/)
    .find(one => ROLES.has(one));
  if (!given) return nativeRole(it);
  const plain = given === 'none' || given === 'presentation';
  return plain && it.tabIndex >= 0 ? nativeRole(it) : given;
};
// A menu is opened by an item of a menu bar, or by a control that says that it has a popup menu.
const opensMenu = it => ['true', 'menu'].includes(it.getAttribute('aria-haspopup'));
const isKind = (it, kind, names) => KINDS[kind][0].includes(roleOf(it))
  || (kind === 'menu' && names < 2 && opensMenu(it));
const markupOf = (kind, names) => [KINDS[kind][1], '[role]',
  kind === 'menu' && names < 2 ? '[aria-haspopup]' : ''].filter(Boolean).join();
