from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TutorialsConfig(AppConfig):
    name = "tutorials"
    verbose_name = _("Tutorials")

    def ready(self) -> None:
        from django.contrib import admin

        from people import held, privacy, tickets
        from tutorials.admin.dashboard import dashboard
        from tutorials.admin.mails import warnings_for
        from tutorials.held import held_about
        from tutorials.privacy import KEEPER
        from tutorials.privacy import warnings_for as deletions_soon
        from tutorials.ties import TIES

        admin.site.warnings += [warnings_for, deletions_soon]  # type: ignore[attr-defined]
        admin.site.dashboard = dashboard  # type: ignore[attr-defined]
        tickets.TIES.append(TIES)
        privacy.KEEPERS.append(KEEPER)
        held.SOURCES.append(held_about)
