"""Pages with real code editors, from npm packages in a cache folder, and a server for them."""

from __future__ import annotations

import json
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.apps import HOME, with_npm

PACKAGES = (
    *("ace-builds@1.45.2", "codemirror@6.0.2", "codemirror5@npm:codemirror@5.65.20"),
    *("@codemirror/lang-html@6.4.12", "@codemirror/lang-python@6.2.1", "monaco-editor@0.57.0"),
    *("prosemirror-example-setup@1.2.3", "prosemirror-schema-basic@1.2.4"),
    "prosemirror-view@1.44.0",
)
HEAD = """<!doctype html><meta charset=utf-8><title>Editors</title><style>
body{margin:24px;font:16px sans-serif} .box{width:560px;height:220px;border:1px solid #999}
textarea,input{font:16px monospace;width:400px;display:block}</style>"""
CM5 = """<link rel=stylesheet href=/codemirror5/lib/codemirror.css>
<link rel=stylesheet href=/codemirror5/addon/hint/show-hint.css>
<script src=/codemirror5/lib/codemirror.js></script>
<script src=/codemirror5/mode/python/python.js></script>
<script src=/codemirror5/mode/xml/xml.js></script>
<script src=/codemirror5/addon/edit/closebrackets.js></script>
<script src=/codemirror5/addon/edit/closetag.js></script>
<script src=/codemirror5/addon/fold/xml-fold.js></script>
<script src=/codemirror5/addon/hint/show-hint.js></script>
<script src=/codemirror5/addon/hint/anyword-hint.js></script>
<label for=code>Code</label><textarea id=code></textarea><script>
const cm = CodeMirror.fromTextArea(code, {mode: MODE, lineNumbers: true, indentUnit: 4,
  autoCloseBrackets: true, autoCloseTags: true});
cm.on('inputRead', () => cm.showHint({completeSingle: false, hint: CodeMirror.hint.anyword}));
window.shown = () => cm.getValue();</script>"""
CM6 = """<div id=code class=box></div><script type=importmap>IMPORTS</script><script type=module>
import {basicSetup, EditorView} from 'codemirror';
import {LANGUAGE} from '@codemirror/lang-LANGUAGE';
import {indentUnit} from '@codemirror/language';
const view = new EditorView({extensions: [basicSetup, LANGUAGE(), indentUnit.of('    ')],
  parent: document.getElementById('code')});
window.shown = () => view.state.doc.toString();</script>"""
MONACO = """<div id=code class=box></div>
<script src=/monaco-editor/min/vs/loader.js></script><script>
require.config({paths: {vs: '/monaco-editor/min/vs'}});
require(['vs/editor/editor.main'], () => {
  const editor = monaco.editor.create(code, {language: MODE, minimap: {enabled: false}});
  window.shown = () => editor.getValue();
  if (HIDE) delete window.monaco;
});</script>"""
ACE = """<div id=code class=box></div><script src=/ace-builds/src-min-noconflict/ace.js></script>
<script src=/ace-builds/src-min-noconflict/ext-language_tools.js></script><script>
const editor = ace.edit('code', {mode: 'ace/mode/' + MODE, enableBasicAutocompletion: true,
  enableLiveAutocompletion: true, useWorker: false});
window.shown = () => editor.getValue();</script>"""
PROSE = """<style>.ProseMirror{white-space:pre-wrap;min-height:120px;border:1px solid #999}</style>
<div id=code></div><script type=importmap>IMPORTS</script><script type=module>
import {EditorState} from 'prosemirror-state'; import {EditorView} from 'prosemirror-view';
import {schema} from 'prosemirror-schema-basic';
import {exampleSetup} from 'prosemirror-example-setup';
const view = new EditorView(document.getElementById('code'),
  {state: EditorState.create({schema, plugins: exampleSetup({schema, menuBar: false})})});
window.shown = () => view.state.doc.textBetween(0, view.state.doc.content.size, '\\n');</script>"""
BODIES = {
    "cm5": CM5.replace("MODE", "'python'"),
    "cm5-html": CM5.replace("MODE", "'xml', htmlMode: true"),
    "cm6": CM6.replace("LANGUAGE", "python"),
    "cm6-html": CM6.replace("LANGUAGE", "html"),
    "monaco": MONACO.replace("MODE", "'python'").replace("HIDE", "false"),
    "monaco-html": MONACO.replace("MODE", "'html'").replace("HIDE", "false"),
    "monaco-inside": MONACO.replace("MODE", "'javascript'").replace("HIDE", "true"),
    "ace": ACE.replace("MODE", "'python'"),
    "ace-html": ACE.replace("MODE", "'html'"),
    "prose": PROSE,
}


def installed_editors() -> Path:
    """Return the folder of the packages, and install them if they are not there yet."""
    return with_npm(HOME / "editors", PACKAGES).parent


def import_map(packages: Path) -> str:
    """Return the map with which a browser finds the packages' modules, without a bundler."""
    imports = {}
    for listed in sorted([*packages.glob("*/package.json"), *packages.glob("@*/*/package.json")]):
        said = json.loads(listed.read_text())
        entry = said.get("exports") or {}
        entry = entry.get(".", entry) if isinstance(entry, dict) else {}
        path = said.get("module") or (entry.get("import") if isinstance(entry, dict) else None)
        if isinstance(path, str):
            name = listed.parent.relative_to(packages).as_posix()
            imports[name] = f"/{name}/{path.removeprefix('./')}"
    return json.dumps({"imports": imports})


@contextmanager
def served(packages: Path, pages: dict[str, str]) -> Iterator[str]:
    """Serve the packages and `pages` on loopback; return the address."""
    imports = import_map(packages)
    bodies = {f"/{name}": HEAD + body.replace("IMPORTS", imports) for name, body in pages.items()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            file = packages / path.lstrip("/")
            if path in bodies:
                status, kind, body = 200, "text/html", bodies[path].encode()
            elif file.is_file():
                kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
                status, body = 200, file.read_bytes()
            else:
                status, kind, body = 404, "text/plain", b""
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
