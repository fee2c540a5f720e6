"""In the admin: the file of a picture that is replaced or removed goes with it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from conference.pictures import forget_unused


class ForgetsPictures(admin.ModelAdmin):
    """For a ``ModelAdmin`` of a model with a picture, whose field ``picture`` names."""

    picture: str

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Comes once the row is saved, in whatever way."""
        super().save_related(request, form, formsets, change)
        if change and self.picture in form.changed_data:
            self._forget(form.initial.get(self.picture))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        self._forget(getattr(obj, self.picture))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        files = [getattr(row, self.picture) for row in queryset]
        super().delete_queryset(request, queryset)
        for file in files:
            self._forget(file)

    def _forget(self, file: Any) -> None:
        forget_unused(self.model, self.picture, file.name if file else "")
