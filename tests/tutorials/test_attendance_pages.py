"""The page where staff choose lists and sheets, and keep choices of columns."""

import pytest

from tests.factories import NOW, make_attendee, make_conference, make_tutorial, make_user
from tests.pages import ids_of, text_of
from tutorials import registration
from tutorials.exports import sign_in_sheets
from tutorials.models import Download, ListPreset
from tutorials.presets import columns_of, keep, preset_named

PAGE = "/cpal-2026/staff/lists/"
FILE = "/cpal-2026/staff/lists/file/"
COLUMNS = "/cpal-2026/staff/lists/columns/"


@pytest.fixture
def staff(client, conference):
    def sign_in(role):
        user = make_user()
        user.memberships.create(conference=conference, role=role)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def registered(programme):
    ada = make_attendee(programme.conference, name="Ada", email="ada@example.org")
    for tutorial in (programme.t1, programme.t2):
        registration.register(ada, tutorial, by=None, at=NOW)
    return programme


def test_the_page_offers_tutorials_days_formats_and_columns(staff, registered):
    keep(registered.conference, "For the door", ["name"])
    page = staff("organiser").get(f"{PAGE}?tutorial={registered.t2.slug}")
    text, html = text_of(page), page.content.decode()

    assert "The whole list has 2 rows." in text
    assert "For the door" in text
    assert f'<option value="{registered.t2.slug}" selected>' in html
    assert len(ids_of(page)) == len(set(ids_of(page)))
    assert "Who took a list" in text
    assert COLUMNS in html


def test_door_staff_are_offered_no_addresses_and_manage_nothing(staff, registered):
    client = staff("door")
    page = client.get(PAGE)
    asked = {"file_format": "csv", "columns": ["name", "email"]}

    assert "E-mail" not in text_of(page).replace("e-mail", "")
    assert "Who took a list" not in text_of(page)
    assert client.get(COLUMNS).status_code == 404
    assert b"ada@example.org" not in client.get(FILE, {"file_format": "csv"}).getvalue()
    assert client.get(FILE, asked).context["form"].errors


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_may_not_see_attendees_does_not_come_here(staff, registered, role):
    client = staff(role)

    assert [client.get(path).status_code for path in (PAGE, FILE, COLUMNS)] == [404] * 3
    assert PAGE not in client.get("/cpal-2026/staff/").content.decode()


def test_a_list_of_some_tutorials_with_some_columns(staff, registered):
    asked = {"file_format": "csv", "tutorial": registered.t1.slug, "columns": ["name", "status"]}
    answer = staff("organiser").get(FILE, asked)

    assert answer.getvalue() == b"name,status\r\nAda,confirmed\r\n"
    assert answer["Content-Disposition"] == 'attachment; filename="cpal-2026-T1-attendance.csv"'
    assert answer["Cache-Control"] == "private, no-store"
    assert Download.objects.get().columns == ["name", "status"]


def test_a_kept_choice_of_columns(staff, registered):
    preset = keep(registered.conference, "Short", ["status", "name"])
    answer = staff("organiser").get(FILE, {"file_format": "csv", "preset": preset.pk})

    assert answer.getvalue().startswith(b"status,name\r\n")


def test_a_spreadsheet_of_a_day(staff, registered):
    asked = {"file_format": "xlsx", "day": "2026-03-23", "sheet_per_tutorial": "on"}
    answer = staff("organiser").get(FILE, asked)

    assert answer.getvalue().startswith(b"PK")
    assert '"cpal-2026-2026-03-23-attendance.xlsx"' in answer["Content-Disposition"]


def test_sheets_as_they_were_asked_for(staff, registered, monkeypatch):
    asked = {}

    def typeset(template, data):
        asked.update(data)
        return b"%PDF"

    monkeypatch.setattr(sign_in_sheets, "typeset", typeset)
    query = {
        "file_format": "pdf",
        "tutorial": registered.t1.slug,
        "desks": "H,P",
        "blank_lines": "0",
        "affiliation": "on",
        "paper": "us-letter",
    }
    answer = staff("door").get(f"/de{FILE}", query)

    assert answer["Content-Type"] == "application/pdf"
    assert '"cpal-2026-T1-sign-in-sheets.pdf"' in answer["Content-Disposition"]
    assert (asked["language"], asked["paper"], asked["affiliation"]) == ("de", "us-letter", True)
    assert [len(sheet["blank"]) for sheet in asked["sheets"]] == [0, 0, 0]
    assert (Download.objects.get().what, Download.objects.get().columns) == (
        "sign_in_sheets", ["name", "affiliation"])  # fmt: skip


def test_a_file_that_cannot_be_made_is_a_sentence_on_the_page(staff, registered, monkeypatch):
    monkeypatch.setattr(sign_in_sheets, "MOST_LINES", 1)
    page = staff("door").get(FILE, {"file_format": "pdf"})

    assert "more than 1 lines. Choose a day, or some tutorials." in text_of(page)
    assert not Download.objects.exists()


@pytest.mark.parametrize(
    "query",
    [{}, {"file_format": "exe"}, {"file_format": "csv", "tutorial": "nothing"},
     {"file_format": "csv", "day": "yesterday"}, {"file_format": "csv", "preset": "9"},
     {"file_format": "pdf", "desks": "Ä"}, {"file_format": "pdf", "blank_lines": "1000"}],
)  # fmt: skip
def test_nonsense_is_told_and_takes_nothing(staff, registered, query):
    page = staff("organiser").get(FILE, query)

    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Download.objects.exists()


def test_organisers_keep_change_and_delete_choices_of_columns(staff, conference):
    client = staff("organiser")
    places = {"column_name": 2, "column_status": 1, "column_email": ""}
    answer = client.post(COLUMNS, {"name": " For  the door ", **places})
    preset = ListPreset.objects.get()

    assert answer.status_code == 303
    assert (preset.name, preset.columns) == ("For the door", ["status", "name"])
    page = client.get(f"{COLUMNS}?preset={preset.pk}")
    assert page.context["form"]["column_name"].value() == 2
    assert page.context["form"]["name"].value() == "For the door"

    client.post(COLUMNS, {"name": "For the door", "column_room": 7})
    assert ListPreset.objects.get().columns == ["room"]

    client.post(COLUMNS, {"delete": preset.pk})
    assert not ListPreset.objects.exists()


def test_a_choice_needs_a_name_and_a_column(staff, conference):
    client = staff("organiser")
    for data in ({"name": "Nothing"}, {"column_name": 1}, {"name": "x", "column_name": "first"}):
        page = client.post(COLUMNS, data)
        assert page.context["form"].errors
    assert not ListPreset.objects.exists()


def test_the_choices_of_another_edition_are_not_here(staff, conference):
    other = keep(make_conference(), "Theirs", ["name"])
    client = staff("organiser")

    assert client.get(f"{COLUMNS}?preset={other.pk}").status_code == 404
    assert client.post(COLUMNS, {"delete": other.pk}).status_code == 404
    assert "Theirs" not in text_of(client.get(COLUMNS))


def test_a_column_that_there_is_no_more_is_left_out(conference):
    preset = ListPreset.objects.create(
        conference=conference, name="Old", columns=["name", "fax", "room"]
    )

    assert columns_of(preset) == ("name", "room")
    assert preset_named(conference, " old ") == preset
    with pytest.raises(ListPreset.DoesNotExist, match=r"called “x”\. There are: Old\."):
        preset_named(conference, "x")


def test_where_nobody_registers_or_is_checked_in_nothing_speaks_of_it(staff, programme):
    programme.conference.attendance = "open"
    programme.conference.checks_in = False
    programme.conference.save()
    html = staff("door").get(PAGE).content.decode()
    main = html.split("<main")[1].split("</main>")[0].lower()

    for word in ("regist", "seat", "waiting", "checked in", "queue"):
        assert word not in main


def test_the_queries_do_not_grow(staff, programme, django_assert_max_num_queries):
    client = staff("organiser")
    client.get(PAGE)
    for number in (1, 20):
        for _ in range(number):
            tutorial = make_tutorial(programme.conference)
            keep(programme.conference, f"Choice {tutorial.pk}", ["name"])
            person = make_attendee(programme.conference)
            registration.register(person, programme.t2, by=None, at=NOW)
        with django_assert_max_num_queries(10):
            client.get(PAGE)
