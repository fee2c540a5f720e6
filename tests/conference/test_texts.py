"""The texts of a conference, its logo and its colour: what organisers write, everybody can read."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve, reverse
from django.views.static import serve
from PIL import Image

from conference.models import Conference, address_in
from conference.pictures import LOGO, clean_logo
from tests.pages import links_of, tags_in, text_of

pytestmark = pytest.mark.django_db

HOME = "/cpal-2026/"
PAGES = {"imprint": "imprint/", "privacy_notice": "privacy/", "code_of_conduct": "code-of-conduct/"}


def write(conference: Conference, **texts: object) -> Conference:
    for name, text in texts.items():
        setattr(conference, name, text)
    conference.save()
    return conference


def picture(size=(800, 300), mode="RGB", kind="PNG", colour="teal", **options):
    data = io.BytesIO()
    Image.new(mode, size, colour).save(data, kind, **options)
    return SimpleUploadedFile(f"logo.{kind.lower()}", data.getvalue())


@pytest.mark.parametrize(("field", "path"), PAGES.items())
class TestText:
    def test_it_has_a_page_that_each_page_links(self, client, conference, field, path):
        write(conference, **{field: "Written by *Ada*."})

        page = client.get(HOME + path)

        assert "<em>Ada</em>" in page.content.decode()
        assert HOME + path in links_of(client.get(f"{HOME}schedule/"))

    def test_without_it_there_is_neither(self, client, conference, field, path):
        write(conference, **{field: " "})

        assert client.get(HOME + path).status_code == 404
        assert HOME + path not in links_of(client.get(HOME))

    def test_an_address_is_linked_itself(self, client, conference, field, path):
        write(conference, **{field: " https://example.org/text \n"})

        assert "https://example.org/text" in links_of(client.get(HOME))
        assert HOME + path not in links_of(client.get(HOME))
        assert client.get(HOME + path)["Location"] == "https://example.org/text"

    def test_the_german_page_links_the_german_one(self, client, conference, field, path):
        write(conference, **{field: "Text."})

        assert f"/de{HOME}{path}" in links_of(client.get(f"/de{HOME}"))


@pytest.mark.parametrize(
    "text", ["", "javascript:alert(1)", "See https://example.org", "example.org", "//example.org"]
)
def test_what_is_no_address_leads_nowhere(text):
    assert address_in(text) == ""


def test_the_first_page_says_whom_to_ask(client, conference):
    write(
        conference,
        welcome="Come **all**.",
        contact_email="hello@example.org",
        access_contact="Ask *Grace* for a ramp.",
    )

    page = client.get(HOME)

    assert "<strong>all</strong>" in page.content.decode()
    assert "Ask Grace for a ramp." in text_of(page)
    assert "mailto:hello@example.org" in links_of(page)


def test_without_anybody_to_ask_there_is_no_empty_heading(client, conference):
    assert "Whom to ask" not in text_of(client.get(HOME))


@pytest.mark.parametrize(
    ("attendance", "linked"),
    [("open", False), ("register", False), ("ticket", True), ("register_with_ticket", True)],
)
def test_the_ticket_shop_is_linked_where_one_needs_a_ticket(client, conference, attendance, linked):
    write(conference, attendance=attendance, tickets_url="https://shop.example.org/")

    assert ("https://shop.example.org/" in links_of(client.get(HOME))) is linked


def test_who_lacks_a_ticket_is_sent_to_the_shop(client, programme, user):
    write(
        programme.conference,
        attendance="register_with_ticket",
        tickets_url="https://shop.example.org/",
    )
    client.force_login(user)

    for address in (programme.t1.get_absolute_url(), f"{HOME}my/tickets/"):
        assert "https://shop.example.org/" in links_of(client.get(address))


class TestLogo:
    def test_its_shape_is_kept(self):
        with Image.open(clean_logo(picture((2000, 500)))) as logo:
            assert (logo.size, logo.format) == ((640, 160), "WEBP")

    def test_a_small_one_is_not_blown_up(self):
        with Image.open(clean_logo(picture((100, 40)))) as logo:
            assert logo.size == (100, 40)

    @pytest.mark.parametrize("size", [(3000, 20), (20, 3000)])
    def test_an_odd_one_fits(self, size):
        with Image.open(clean_logo(picture(size))) as logo:
            assert logo.width <= LOGO[0]
            assert logo.height <= LOGO[1]

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_its_transparency_is_kept(self, kind):
        upload = picture(mode="RGBA", kind=kind, colour=(0, 80, 80, 0))

        with Image.open(clean_logo(upload)) as logo:
            assert logo.convert("RGBA").getchannel("A").getextrema() == (0, 0)

    def test_so_is_that_of_a_palette(self):
        drawn, data = Image.new("P", (80, 30), 1), io.BytesIO()
        drawn.putpalette([0, 0, 0, 0, 80, 80])
        drawn.save(data, "PNG", transparency=1)

        with Image.open(clean_logo(SimpleUploadedFile("logo.png", data.getvalue()))) as logo:
            assert logo.convert("RGBA").getchannel("A").getextrema() == (0, 0)

    def test_what_else_the_file_says_is_gone(self):
        exif = Image.Exif()
        exif[0x010E] = "drawn at home"

        assert b"drawn at home" not in clean_logo(picture(kind="JPEG", exif=exif)).read()

    @pytest.mark.parametrize(
        ("upload", "reason"),
        [
            (SimpleUploadedFile("logo.svg", b"<svg/>"), "JPEG, PNG or WebP"),
            (SimpleUploadedFile("logo.png", b"0" * (10 * 1024 * 1024 + 1)), "10 MB"),
            (picture((8000, 7000)), "50 million"),
        ],
        ids=["no picture", "heavy", "a bomb"],
    )
    def test_others_are_refused(self, upload, reason):
        with pytest.raises(ValidationError, match=reason):
            clean_logo(upload)

    def test_it_is_uploaded_in_the_admin_and_shown_on_every_page(
        self, client, organiser, conference, settings, tmp_path
    ):
        settings.MEDIA_ROOT = tmp_path
        client.force_login(organiser)

        answer = client.post(change(conference), form(conference, logo=picture()))

        assert answer.status_code == 302, answer.context["adminform"].form.errors
        conference.refresh_from_db()
        page = client.get(f"{HOME}schedule/").content.decode()
        logo = {"class": "masthead__logo", "src": conference.logo.url, "alt": "CPAL 2026"}
        assert ("img", logo) in tags_in(page)
        assert resolve(conference.logo.url).func is serve

    def test_a_refusal_is_said_at_the_field(self, client, organiser, conference):
        client.force_login(organiser)
        upload = SimpleUploadedFile("logo.svg", b"<svg/>")

        answer = client.post(change(conference), form(conference, logo=upload))

        assert "JPEG, PNG or WebP" in answer.context["adminform"].form.errors["logo"][0]

    def test_without_one_the_name_is_there(self, client, conference):
        assert "masthead__logo" not in client.get(HOME).content.decode()


class TestColour:
    @pytest.fixture(autouse=True)
    def signed_in(self, client, organiser):
        client.force_login(organiser)

    @pytest.mark.parametrize(
        ("posted", "kept"),
        [
            ({"colour": "#1f5c99", "colour_own": "on"}, "#1f5c99"),
            ({"colour": "#1f5c99"}, ""),
            ({}, ""),
        ],
    )
    def test_it_is_chosen_or_ours_is_used(self, client, conference, posted, kept):
        assert client.post(change(conference), form(conference, **posted)).status_code == 302

        conference.refresh_from_db()
        assert conference.colour == kept

    @pytest.mark.parametrize("typed", ["red", "#12", "#12345g", '#123456"'])
    def test_what_is_no_colour_is_refused(self, client, conference, typed):
        answer = client.post(change(conference), form(conference, colour=typed, colour_own="on"))

        assert "colour" in answer.context["adminform"].form.errors

    @pytest.mark.parametrize(
        ("colour", "said"),
        [
            ("#1f5c99", "Used as it is; on dark paper as #"),
            ("#ffee00", "Used as it is on dark paper; on light as #"),
            ("#777777", "it is used as #6d6d6d on light paper, as #"),
            ("", "in a shade that can be read"),
        ],
    )
    def test_the_form_says_in_which_shade_it_is_shown(self, client, conference, colour, said):
        write(conference, colour=colour)

        assert said in text_of(client.get(change(conference)))


def change(conference: Conference) -> str:
    return reverse("admin:conference_conference_change", args=[conference.pk])


def form(conference: Conference, **fields: object) -> dict[str, object]:
    """What the form of the conference posts while nothing is changed."""
    return {
        "name": conference.name,
        "slug": conference.slug,
        "is_current": "on",
        "starts_on": "2026-03-23",
        "ends_on": "2026-03-26",
        "time_zone": "Europe/Berlin",
        "waiting_list_closes_hours": 3,
        "offer_hours": 24,
        "reminder_hours": 24,
        "imprint": conference.imprint,
    } | fields


class TestTheForm:
    @pytest.fixture
    def fields_of(self, client, organiser, conference):
        client.force_login(organiser)

        def fields(**values: object) -> set[str]:
            write(conference, **values)
            page = client.get(change(conference))
            return set(page.context["adminform"].form.fields)

        return fields

    def test_it_asks_for_what_is_used(self, fields_of):
        assert {"registration_opens_at", "waiting_list_closes_hours", "offer_hours"} <= fields_of()

    def test_nothing_about_registering_where_nobody_does(self, fields_of):
        assert not {
            "registration_opens_at", "tutorials_per_attendee", "reminder_hours", "offer_hours",
            "waiting_list_closes_hours", "tickets_url",
        } & fields_of(attendance="open")  # fmt: skip

    def test_nothing_about_a_waiting_list_that_is_off(self, fields_of):
        assert not {"waiting_list_closes_hours", "offer_hours"} & fields_of(has_waiting_list=False)

    def test_seats_are_held_for_tickets_without_one_too(self, fields_of):
        fields = fields_of(has_waiting_list=False, attendance="register_with_ticket")

        assert {"offer_hours", "tickets_url"} <= fields

    def test_a_new_conference_is_asked_how_people_attend(self, client, organiser):
        client.force_login(organiser)

        page = client.get(reverse("admin:conference_conference_add"))

        assert "attendance" in page.context["adminform"].form.fields
