from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TutorialsConfig(AppConfig):
    name = "tutorials"
    verbose_name = _("Tutorials")

    def ready(self) -> None:
        from django.contrib import admin

        from people import tickets
        from tutorials.admin.mails import warnings_for
        from tutorials.ties import TIES

        admin.site.warnings.append(warnings_for)  # type: ignore[attr-defined]
        tickets.TIES.append(TIES)
