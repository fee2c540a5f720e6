"""People who present."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from conference.slugs import free_slug
from people.names import sort_name_of
from people.photos import photo_path


class Person(models.Model):
    """Somebody who presents. Belongs to the install, and outlives editions."""

    name = models.CharField(_("name"), max_length=200)
    sort_name = models.CharField(
        _("sorted as"), max_length=200, blank=True, help_text=_("Empty: last word first.")
    )
    slug = models.SlugField(
        _("address"), max_length=100, unique=True, allow_unicode=True, blank=True
    )
    photo = models.ImageField(_("photo"), upload_to=photo_path, blank=True)
    bio = models.TextField(_("about"), blank=True, help_text=_("Markdown."))
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Never shown."))
    # Part of the address at which they check their entry without an account; a new one ends the
    # old. Empty: they have no such address yet.
    link_key = models.CharField(max_length=40, blank=True, editable=False)

    # An address and a secret are kept once, where they can be deleted.
    history = HistoricalRecords(excluded_fields=["email", "link_key"])

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_name", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.sort_name:
            self.sort_name = sort_name_of(self.name)
        if not self.slug:
            self.slug = free_slug(self.name, Person.objects.exclude(pk=self.pk), "person")
        super().save(*args, **kwargs)


class PersonLink(models.Model):
    """A page that a person wants to be found at."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="links")
    label = models.CharField(_("label"), max_length=60)
    url = models.URLField(_("address"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label
