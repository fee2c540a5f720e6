"""Is every text of the site there in German, and is what was compiled what was written?

The compiled file is kept in the repository, so that a machine without gettext shows German too.
`make messages` brings both up to date.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
GERMAN = Path("locale/de/LC_MESSAGES/django.po")


def texts(catalogue):
    """What each text of a catalogue becomes, by context and text."""
    return {
        (entry.msgctxt, entry.msgid, entry.msgid_plural): entry.msgstr_plural or entry.msgstr
        for entry in catalogue
        if not entry.obsolete
    }


def test_every_text_is_translated():
    catalogue = polib.pofile(str(ROOT / GERMAN))

    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []


def test_what_was_compiled_is_what_was_written():
    written = polib.pofile(str(ROOT / GERMAN))
    compiled = polib.mofile(str((ROOT / GERMAN).with_suffix(".mo")))

    assert texts(compiled) == texts(written)


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_the_catalogue_holds_every_text_of_the_code(tmp_path):
    for folder in ("conference", "people", "venues", "tutorials", "templates", "locale"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "manage.py", tmp_path)

    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "de", "--no-obsolete"],
        cwd=tmp_path,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "conference.settings", "DEBUG": "true"},
        check=True,
    )

    collected = polib.pofile(str(tmp_path / GERMAN))
    assert set(texts(collected)) == set(texts(polib.pofile(str(ROOT / GERMAN))))
