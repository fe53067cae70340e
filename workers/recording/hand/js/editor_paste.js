const [text] = arguments, at = focused(), data = new DataTransfer();
data.setData('text/plain', text);
const untaken = at.dispatchEvent(new ClipboardEvent(
  'paste', {clipboardData: data, bubbles: true, cancelable: true, composed: true}));
return untaken ? document.execCommand('insertText', false, text) : true;
