// Return what a page says: the texts of its alerts, the lines of its whole text; and its state.
(() => {
  const ALERTS = '[role=alert], [role=alertdialog], [aria-live=assertive], [aria-errormessage],'
    + ' .alert, .error, .errors, .errorlist, .errornote, .error-message, .form-error, .field-error,'
    + ' .invalid-feedback, .help-block, .flash, .messages, .notification';
  const text = (element) => element.innerText.replace(/\s+/g, ' ').trim();
  const shown = (element) => element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
  const alerts = [...document.querySelectorAll(ALERTS)].filter(shown);
  const outer = alerts.filter((one) => !alerts.some((other) => other !== one && other.contains(one)));
  const lines = (document.body?.innerText ?? '').split('\n').map((line) => line.trim()).filter(Boolean);
  return {alerts: outer.map(text).filter(Boolean), lines, born: performance.timeOrigin,
    ready: document.readyState === 'complete'};
})()
