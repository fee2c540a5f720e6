"""Set a document with Typst, in a process of its own: it takes memory and never gives it back.

    python -m tutorials.exports.typesetting TEMPLATE < data.json > document.pdf

The data reach the template as one JSON text in ``sys.inputs.data``. What a person typed stands in
it as text, so that no name can be markup. Only the fonts that come with us and with Typst are used.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

FOLDER = Path(__file__).resolve().parent
FONTS = FOLDER / "fonts"
SECONDS = 120
# One at a time in each process: a document may take some hundred megabytes while it is set.
_turn = Lock()


class CannotTypeset(Exception):
    """It did not become a document; the message is Typst's, and may hold what was to be set."""


def typeset(template: str, data: dict[str, Any]) -> bytes:
    """The PDF that ``template``, a file beside this one, makes of the data.

    Raises ``CannotTypeset``.
    """
    command = [sys.executable, "-m", __name__, template]
    given = json.dumps(data).encode()
    with _turn:
        try:
            done = subprocess.run(
                command,
                input=given,
                capture_output=True,
                cwd=FOLDER.parent.parent,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CannotTypeset("It took too long.") from error
    if done.returncode:
        raise CannotTypeset(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def _compile(template: Path, data: str) -> bytes:
    """As PDF/UA-1, which screen readers can read; a plain PDF where a character has no glyph."""
    import typst

    compiler = typst.Compiler(
        template,
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[FONTS]),
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )
    try:
        document = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError:
        document = compiler.compile(format="pdf")
    assert isinstance(document, bytes)
    return document


if __name__ == "__main__":
    sys.stdout.buffer.write(_compile(FOLDER / sys.argv[1], sys.stdin.read()))
