"""A programme's file, while an organiser looks at what it would do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from conference.uploads import FileForPreview


class ProgrammeFile(FileForPreview):
    """A file of tutorials between its preview and its import."""

    class Meta(FileForPreview.Meta):
        verbose_name = _("file of tutorials")
        verbose_name_plural = _("files of tutorials")
