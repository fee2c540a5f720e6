from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# The pages that search engines may list; docs/feeds.md.
PUBLIC_PAGES = (
    "home", "tutorial_list", "tutorial_detail", "schedule", "schedule_changes", "presenter_list",
    "presenter_detail", "venue_list", "imprint", "privacy", "code_of_conduct",
)  # fmt: skip


class TutorialsConfig(AppConfig):
    name = "tutorials"
    verbose_name = _("Tutorials")

    def ready(self) -> None:
        from django.contrib import admin

        from conference import addresses
        from people import held, known_tickets, privacy
        from tutorials.admin.dashboard import dashboard
        from tutorials.admin.mails import warnings_for
        from tutorials.held import held_about
        from tutorials.privacy import KEEPER
        from tutorials.privacy import warnings_for as deletions_soon
        from tutorials.ties import TIES

        admin.site.warnings += [warnings_for, deletions_soon]  # type: ignore[attr-defined]
        admin.site.dashboard = dashboard  # type: ignore[attr-defined]
        known_tickets.TIES.append(TIES)
        privacy.KEEPERS.append(KEEPER)
        held.SOURCES.append(held_about)
        addresses.LISTED.update(f"tutorials:{name}" for name in PUBLIC_PAGES)
