"""How does the API write addresses and times?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.fields import get_attribute


class PageField(serializers.URLField):
    """The absolute address of the public page, in English."""

    def __init__(self, source: str = "get_absolute_url") -> None:
        super().__init__(source=source, read_only=True, help_text="Its public page.")

    def to_representation(self, value: str) -> str:
        return self.context["request"].build_absolute_uri(value)


class LocalTimeField(serializers.DateTimeField):
    """A time on the clocks of the conference, which ``conference`` leads to; empty: the row."""

    def __init__(self, conference: str, **kwargs: Any) -> None:
        self.conference = conference
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> datetime | None:
        moment = super().get_attribute(instance)
        if moment is None:
            return None
        path = self.conference.split(".") if self.conference else []
        return get_attribute(instance, path).local(moment)

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()


class ResourceField(serializers.HyperlinkedIdentityField):
    """The absolute address of the thing in this API."""

    def __init__(self, view_name: str, **kwargs: Any) -> None:
        super().__init__(view_name=f"api:{view_name}", help_text="It in this API.", **kwargs)
