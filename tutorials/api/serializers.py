"""How does the API write each thing? Names are part of version 1: add some, never change one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from conference import clock
from conference.models import Conference
from people.models import Person, PersonLink
from tutorials.api.fields import LocalTimeField, PageField, ResourceField
from tutorials.models import Presenter, Schedule, Session, Slot, Track, Tutorial
from tutorials.programme import first_start, seats_shown
from venues.models import Room, Venue


class ConferenceSerializer(serializers.ModelSerializer[Conference]):
    url = PageField()
    api_url = ResourceField("conference-detail", lookup_field="slug")
    registration_opens_at = LocalTimeField(
        "", required=False, help_text="Only where people register for tutorials."
    )
    registration_closes_at = LocalTimeField(
        "", required=False, help_text="Only where people register for tutorials."
    )

    class Meta:
        model = Conference
        fields = [
            "slug", "url", "api_url", "name", "full_name", "starts_on", "ends_on", "time_zone",
            "city", "country", "website", "is_current", "attendance", "registration_opens_at",
            "registration_closes_at", "welcome",
        ]  # fmt: skip

    def to_representation(self, instance: Conference) -> dict[str, Any]:
        written = super().to_representation(instance)
        if not instance.takes_registrations:
            del written["registration_opens_at"], written["registration_closes_at"]
        return written


class RoomInBriefSerializer(serializers.ModelSerializer[Room]):
    venue = serializers.CharField(source="venue.name")
    api_url = ResourceField("room-detail")

    class Meta:
        model = Room
        fields = ["id", "api_url", "name", "venue"]


class VenueInBriefSerializer(serializers.ModelSerializer[Venue]):
    api_url = ResourceField("venue-detail")

    class Meta:
        model = Venue
        fields = ["id", "api_url", "name", "address"]


class RoomSerializer(serializers.ModelSerializer[Room]):
    conference = serializers.CharField(source="venue.conference.slug")
    venue = VenueInBriefSerializer()
    url = PageField(source="venue.get_absolute_url")
    api_url = ResourceField("room-detail")

    class Meta:
        model = Room
        fields = [
            "id", "url", "api_url", "conference", "venue", "name", "capacity", "directions",
            "access_notes",
        ]  # fmt: skip


class VenueSerializer(serializers.ModelSerializer[Venue]):
    conference = serializers.CharField(source="conference.slug")
    url = PageField()
    api_url = ResourceField("venue-detail")
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    rooms = RoomInBriefSerializer(many=True)

    class Meta:
        model = Venue
        fields = [
            "id", "url", "api_url", "conference", "slug", "name", "address", "latitude",
            "longitude", "directions", "access_notes", "rooms",
        ]  # fmt: skip


class TrackSerializer(serializers.ModelSerializer[Track]):
    conference = serializers.CharField(source="conference.slug")
    api_url = ResourceField("track-detail")
    room = RoomInBriefSerializer(allow_null=True, help_text="Where it usually is.")

    class Meta:
        model = Track
        fields = ["id", "api_url", "conference", "slug", "name", "description", "room"]


class TrackInBriefSerializer(serializers.ModelSerializer[Track]):
    api_url = ResourceField("track-detail")

    class Meta:
        model = Track
        fields = ["id", "api_url", "slug", "name"]


class TutorialInBriefSerializer(serializers.ModelSerializer[Tutorial]):
    url = PageField()
    api_url = ResourceField("tutorial-detail")

    class Meta:
        model = Tutorial
        fields = ["id", "url", "api_url", "code", "title", "status"]


class BilledSerializer(serializers.ModelSerializer[Presenter]):
    """Somebody on a tutorial, in billing order, as billed there."""

    slug = serializers.CharField(source="person.slug")
    name = serializers.CharField(source="person.name")
    api_url = serializers.SerializerMethodField()

    class Meta:
        model = Presenter
        fields = ["slug", "api_url", "name", "affiliation"]

    @extend_schema_field(serializers.URLField)
    def get_api_url(self, presenter: Presenter) -> str:
        address = reverse("api:presenter-detail", args=[presenter.person.slug])
        return self.context["request"].build_absolute_uri(address)


class SessionInBriefSerializer(serializers.ModelSerializer[Session]):
    api_url = ResourceField("session-detail", lookup_field="key")

    class Meta:
        model = Session
        fields = ["key", "api_url", "number", "title"]


class SlotOfTutorialSerializer(serializers.ModelSerializer[Slot]):
    """When and where a part of a tutorial is; ``key`` stays the same in every version."""

    session = SessionInBriefSerializer()
    starts_at = LocalTimeField("tutorial.conference", source="session.starts_at")
    ends_at = LocalTimeField("tutorial.conference", source="session.ends_at")
    room = RoomInBriefSerializer(allow_null=True)

    class Meta:
        model = Slot
        fields = ["key", "number", "session", "starts_at", "ends_at", "room"]


class SeatsSerializer(serializers.Serializer[Tutorial]):
    state = serializers.ChoiceField(["free", "few", "full", "unlimited"])
    left = serializers.IntegerField(
        allow_null=True, required=False, help_text="Null: no limit. Only where it is shown."
    )
    total = serializers.IntegerField(
        allow_null=True, required=False, help_text="Null: no limit. Only where it is shown."
    )

    def to_representation(self, instance: Tutorial) -> dict[str, Any]:
        starts_at = first_start(instance.released_slots)  # type: ignore[attr-defined]
        seats = seats_shown(instance, starts_at, clock.now())
        if seats is None:
            return {}
        if not instance.conference.shows_seats:
            return {"state": seats.word}
        return {"state": seats.word, "left": seats.left, "total": instance.seats}


class TutorialSerializer(serializers.ModelSerializer[Tutorial]):
    conference = serializers.CharField(source="conference.slug")
    url = PageField()
    api_url = ResourceField("tutorial-detail")
    status = serializers.ChoiceField([(word, word) for word in Tutorial.PUBLIC])
    track = TrackInBriefSerializer(allow_null=True)
    presenters = BilledSerializer(many=True)
    time_zone = serializers.CharField(source="conference.time_zone")
    slots = SlotOfTutorialSerializer(
        many=True, source="released_slots", help_text="Empty: the time is to be announced."
    )
    seats = SeatsSerializer(
        source="*",
        required=False,
        help_text="Only while people can register for it: not where a conference takes no "
        "registrations, not for a tutorial that is cancelled, has begun or has no time yet.",
    )

    class Meta:
        model = Tutorial
        fields = [
            "id", "url", "api_url", "conference", "code", "slug", "title", "status", "track",
            "presenters", "level", "abstract", "outline", "audience", "prerequisites", "outcomes",
            "what_to_bring", "materials", "time_zone", "slots", "seats",
        ]  # fmt: skip

    def to_representation(self, instance: Tutorial) -> dict[str, Any]:
        written = super().to_representation(instance)
        if not written["seats"]:
            del written["seats"]
        return written


class PersonLinkSerializer(serializers.ModelSerializer[PersonLink]):
    class Meta:
        model = PersonLink
        fields = ["label", "url"]


class PresentsSerializer(serializers.ModelSerializer[Presenter]):
    """A tutorial that somebody presents, and their affiliation as billed there."""

    conference = serializers.CharField(source="tutorial.conference.slug")
    tutorial = TutorialInBriefSerializer()

    class Meta:
        model = Presenter
        fields = ["conference", "tutorial", "affiliation"]


class PresenterSerializer(serializers.ModelSerializer[Person]):
    url = serializers.SerializerMethodField(help_text="The page at the latest conference.")
    api_url = ResourceField("presenter-detail", lookup_field="slug")
    links = PersonLinkSerializer(many=True)
    tutorials = PresentsSerializer(many=True, source="presents")

    class Meta:
        model = Person
        fields = ["slug", "url", "api_url", "name", "bio", "photo", "links", "tutorials"]

    @extend_schema_field(serializers.URLField)
    def get_url(self, person: Person) -> str:
        latest = person.presents[0].tutorial.conference  # type: ignore[attr-defined]
        address = reverse("tutorials:presenter_detail", args=[latest.slug, person.slug])
        return self.context["request"].build_absolute_uri(address)


class SlotOfSessionSerializer(serializers.ModelSerializer[Slot]):
    """A tutorial in the session; ``key`` stays the same in every version of the schedule."""

    tutorial = TutorialInBriefSerializer()
    room = RoomInBriefSerializer(allow_null=True)
    presenter_line = serializers.CharField(source="tutorial.presenter_line")

    class Meta:
        model = Slot
        fields = ["key", "number", "tutorial", "room", "presenter_line"]


class SessionSerializer(serializers.ModelSerializer[Session]):
    conference = serializers.CharField(source="schedule.conference.slug")
    url = PageField(source="schedule.get_absolute_url")
    api_url = ResourceField("session-detail", lookup_field="key")
    time_zone = serializers.CharField(source="schedule.conference.time_zone")
    starts_at = LocalTimeField("schedule.conference")
    ends_at = LocalTimeField("schedule.conference")
    slots = SlotOfSessionSerializer(many=True, source="public_slots")

    class Meta:
        model = Session
        fields = [
            "key", "url", "api_url", "conference", "number", "kind", "title", "place",
            "time_zone", "starts_at", "ends_at", "slots",
        ]  # fmt: skip


class ScheduleInBriefSerializer(serializers.ModelSerializer[Schedule]):
    conference = serializers.CharField(source="conference.slug")
    url = PageField()
    api_url = serializers.SerializerMethodField()
    time_zone = serializers.CharField(source="conference.time_zone")
    released_at = LocalTimeField("conference")
    number = serializers.IntegerField(help_text="The version, counted from 1.")

    class Meta:
        model = Schedule
        fields = ["conference", "url", "api_url", "number", "released_at", "notes", "time_zone"]

    @extend_schema_field(serializers.URLField)
    def get_api_url(self, schedule: Schedule) -> str:
        address = reverse("api:schedule-detail", args=[schedule.conference.slug])
        return self.context["request"].build_absolute_uri(address)


class ScheduleSerializer(ScheduleInBriefSerializer):
    sessions = SessionSerializer(many=True)

    class Meta(ScheduleInBriefSerializer.Meta):
        fields = [*ScheduleInBriefSerializer.Meta.fields, "sessions"]
