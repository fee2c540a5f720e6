"""Colleagues come to the team by a mailed invitation, and go by an organiser's word."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.core.management import call_command
from django.urls import reverse

from conference.roles import Role
from people.models import Invitation, Membership, User
from people.team import TeamRefused, change_role, take_away
from tests.factories import NOW, make_conference, make_member, make_user
from tests.pages import text_of
from tutorials import invitations, mails
from tutorials.models import Letter


@pytest.fixture
def head(conference):
    """Who organises the conference, and is no superuser."""
    return make_member(conference, "organiser", email="head@example.org", name="Hedy")


@pytest.fixture
def head_client(client, head):
    client.force_login(head)
    return client


@pytest.fixture
def team(conference):
    return reverse("admin:conference_conference_team", args=[conference.pk])


@pytest.fixture
def invited(conference, head):
    return invitations.invite(conference, "grace@example.org", Role.EDITOR, by=head, at=NOW)


def page_of(invitation):
    return reverse("tutorials:invitation", args=[invitation.conference.slug, invitation.key])


def roles(conference):
    return dict(conference.memberships.values_list("user__email", "role"))


def later(settings, **delta):
    settings.CLOCK = (NOW + timedelta(**delta)).isoformat()


class TestThePage:
    def test_shows_who_has_which_role(self, head_client, team, conference):
        make_member(conference, "door", email="dora@example.org", name="Dora")

        page = text_of(head_client.get(team))

        assert "Dora dora@example.org" in page
        assert page.index("Hedy") < page.index("Dora")

    def test_is_a_click_from_the_conference(self, head_client, team, conference):
        for page in ("admin:conference_conference_change", None):
            address = reverse(page, args=[conference.pk]) if page else reverse("admin:index")
            assert team in head_client.get(address).content.decode()

    @pytest.mark.parametrize("role", ["editor", "viewer"])
    def test_is_for_organisers(self, client, conference, team, role):
        client.force_login(make_member(conference, role))

        assert client.get(team).status_code == 403
        form = {"do": "invite", "email": "x@example.org", "role": "organiser"}
        assert client.post(team, form).status_code == 403
        assert not Invitation.objects.exists()

    def test_is_for_organisers_of_this_edition(self, client, conference, team):
        client.force_login(make_member(make_conference(), "organiser"))

        assert client.get(team).status_code == 404
        assert client.post(team, {"do": "invite"}).status_code == 404

    def test_while_mail_goes_nowhere_it_does_not_say_that_one_goes_out(self, head_client, team):
        form = {"do": "invite", "email": "grace@example.org", "role": "editor"}

        page = text_of(head_client.post(team, form, follow=True))

        assert "Invited: grace@example.org. It was kept in memory, and sent to nobody." in page
        assert "on its way" not in page

    def test_invites(self, head_client, head, team, conference, monkeypatch):
        monkeypatch.setattr("tutorials.mails.health.GOING_NOWHERE", {})
        form = {"do": "invite", "email": " Grace@Example.org ", "role": "editor"}

        page = text_of(head_client.post(team, form, follow=True))

        made = Invitation.objects.get()
        assert (made.email, made.role, made.invited_by) == ("grace@example.org", "editor", head)
        assert "Invited: grace@example.org. A mail is on its way." in page
        assert Letter.objects.get().invitation == made

    @pytest.mark.parametrize(
        "form", [{"email": "nobody", "role": "editor"}, {"email": "a@example.org", "role": "king"}]
    )
    def test_says_what_is_wrong_with_the_form(self, head_client, team, form):
        answer = head_client.post(team, {"do": "invite"} | form)

        assert "This did not work" in text_of(answer)
        assert not Invitation.objects.exists()

    def test_changes_a_role(self, head_client, team, conference):
        member = conference.memberships.create(user=make_user("d@example.org"), role="door")

        head_client.post(team, {"do": "role", "member": member.pk, "role": "editor"})

        assert roles(conference)["d@example.org"] == "editor"

    def test_takes_a_role_away_after_asking(self, head_client, conference):
        member = conference.memberships.create(user=make_user("d@example.org"), role="door")
        page = reverse("admin:conference_conference_team_remove", args=[conference.pk, member.pk])

        assert "d@example.org" in text_of(head_client.get(page))
        assert "d@example.org" in roles(conference)
        head_client.post(page)
        assert roles(conference) == {"head@example.org": "organiser"}

    def test_touches_no_other_edition(self, head_client, team, conference):
        other = make_conference()
        stranger = make_member(other, "organiser")
        member = stranger.memberships.get()
        theirs = invitations.invite(other, "e@example.org", Role.DOOR, by=stranger, at=NOW)
        remove = reverse("admin:conference_conference_team_remove", args=[conference.pk, member.pk])

        form = {"member": member.pk, "invitation": theirs.pk, "role": "viewer"}
        for do in ("role", "again", "withdraw", "anything"):
            assert head_client.post(team, form | {"do": do}).status_code == 404
        assert head_client.post(remove).status_code == 404
        assert list(roles(other).values()) == ["organiser"]
        assert Invitation.objects.filter(pk=theirs.pk, key=theirs.key).exists()

    def test_who_gives_up_the_own_role_is_led_to_the_index(self, head_client, head, conference):
        make_member(conference, "organiser")
        own = head.memberships.get()
        page = reverse("admin:conference_conference_team_remove", args=[conference.pk, own.pk])

        assert "This is you" in text_of(head_client.get(page))
        assert head_client.post(page).url == "/admin/"

    def test_costs_the_same_for_more_people(
        self, head_client, head, team, conference, django_assert_max_num_queries
    ):
        head_client.get(team)
        with django_assert_max_num_queries(12) as few:
            head_client.get(team)
        for number in range(5):
            make_member(conference, "viewer")
            email = f"p{number}@example.org"
            invitations.invite(conference, email, Role.DOOR, by=head, at=NOW)
        with django_assert_max_num_queries(len(few)):
            head_client.get(team)


def test_who_is_invited_is_for_those_who_may_invite(client, conference, invited):
    client.force_login(make_member(conference, "editor"))

    letters = text_of(client.get(reverse("admin:tutorials_letter_changelist")))

    assert "grace@example.org" not in letters


class TestTheLastOrganiser:
    def test_stays_one(self, conference, head):
        own = head.memberships.get()
        with pytest.raises(TeamRefused, match="needs an organiser"):
            take_away(own, by=head)
        with pytest.raises(TeamRefused, match="needs an organiser"):
            change_role(own, Role.EDITOR, by=head)
        change_role(own, Role.ORGANISER, by=head)

    def test_is_not_the_last_beside_another(self, conference, head):
        make_member(conference, "organiser")

        take_away(head.memberships.get(), by=head)

        assert not head.memberships.exists()

    def test_is_the_last_where_the_other_account_is_switched_off(self, conference, head):
        make_member(conference, "organiser", is_active=False)

        with pytest.raises(TeamRefused):
            take_away(head.memberships.get(), by=head)

    def test_goes_by_a_superusers_word(self, conference, head, organiser):
        take_away(head.memberships.get(), by=organiser)

        assert not conference.memberships.exists()

    def test_is_told_so_on_the_page(self, head_client, head, team, conference):
        own = head.memberships.get()

        page = head_client.post(
            team, {"do": "role", "member": own.pk, "role": "viewer"}, follow=True
        )

        assert "A conference needs an organiser." in text_of(page)
        assert roles(conference) == {"head@example.org": "organiser"}


class TestInviting:
    def test_tells_by_mail(self, invited):
        mails.deliver_due(NOW)

        (sent,) = outgoing.outbox
        assert sent.to == ["grace@example.org"]
        assert sent.subject == "Invitation to the team of CPAL 2026"
        assert "Hedy invites you" in sent.body
        assert "Programme editor" in sent.body
        assert page_of(invited) in sent.body
        assert "until Monday 30 March 2026, " in sent.body
        assert "(Europe/Berlin)" in sent.body

    def test_an_address_twice_is_one_invitation_with_a_new_link(self, conference, head, invited):
        again = invitations.invite(
            conference, "GRACE@example.org", Role.DOOR, by=head, at=NOW + timedelta(days=1)
        )

        assert Invitation.objects.get() == invited == again
        assert again.role == "door"
        assert again.key != invited.key
        mails.deliver_due(NOW + timedelta(days=1))
        (sent,) = outgoing.outbox
        assert again.key in sent.body

    def test_who_is_on_the_team_is_refused(self, conference, head):
        with pytest.raises(TeamRefused, match="on the team already"):
            invitations.invite(conference, "HEAD@example.org", Role.DOOR, by=head, at=NOW)

    def test_keys_are_beyond_guessing(self, conference, head):
        keys = {
            invitations.invite(conference, f"p{n}@example.org", Role.DOOR, by=head, at=NOW).key
            for n in range(5)
        }

        assert len(keys) == 5
        assert min(map(len, keys)) >= 32

    def test_again_ends_the_link_before(self, client, head_client, team, invited):
        before = page_of(invited)

        head_client.post(team, {"do": "again", "invitation": invited.pk})

        invited.refresh_from_db()
        assert page_of(invited) != before
        assert client.get(before).status_code == 404
        assert client.get(page_of(invited)).status_code == 200
        assert Letter.objects.count() == 2

    def test_withdrawn_is_gone_with_its_letter(self, client, head_client, team, invited):
        head_client.post(team, {"do": "withdraw", "invitation": invited.pk})

        assert not Invitation.objects.exists()
        mails.deliver_due(NOW)
        assert outgoing.outbox == []
        page = client.get(page_of(invited))
        assert page.status_code == 404
        assert "This invitation is not there" in text_of(page)


class TestAccepting:
    def test_looking_changes_nothing(self, client, invited):
        page = client.get(page_of(invited))

        text = text_of(page)
        assert "Hedy invites you to the team" in text
        assert "Your role: Programme editor" in text
        assert "Edit and release the programme" in text
        assert "Sign in to accept" in text
        assert "@example.org" not in text
        assert page["Cache-Control"] == "private, no-store"
        assert page["X-Robots-Tag"] == "noindex"
        assert page["Referrer-Policy"] == "same-origin"
        assert Invitation.objects.get().accepted_at is None

    def test_needs_signing_in(self, client, invited):
        answer = client.post(page_of(invited))

        assert answer.url == f"/accounts/login/?next={page_of(invited)}"
        assert Invitation.objects.get().accepted_at is None

    def test_from_the_mail_to_the_work_without_an_account(self, client, conference, invited):
        page = page_of(invited)
        sign_in = client.get(client.post(page).url)
        assert f'value="{page}"' in sign_in.content.decode()
        form = {"email": "grace@example.org", "next": page}
        asked = client.post(reverse("account_request_login_code"), form)
        (code,) = re.findall(r"[0-9]{4}-[0-9]{4}", str(outgoing.outbox[-1].body))
        assert client.post(asked.url, {"code": code}).url == page

        answer = client.post(page)

        assert roles(conference)["grace@example.org"] == "editor"
        assert answer.url == f"/admin/?conference={conference.pk}"
        assert "You are on the team of CPAL 2026 now." in text_of(client.get(answer.url))

    def test_door_staff_land_on_the_staff_page(self, client, conference, head, user):
        invited = invitations.invite(conference, user.email, Role.DOOR, by=head, at=NOW)
        client.force_login(user)

        answer = client.post(page_of(invited))

        assert answer.url == reverse("tutorials:staff_home", args=[conference.slug])
        assert client.get(answer.url).status_code == 200
        assert answer.url in client.get(reverse("people:profile")).content.decode()

    def test_twice_is_success(self, client, conference, invited, user):
        client.force_login(user)
        client.post(page_of(invited))

        answer = client.post(page_of(invited))

        assert answer.url == f"/admin/?conference={conference.pk}"
        assert "You are on the team" in text_of(client.get(page_of(invited)))
        assert conference.memberships.filter(user=user).count() == 1

    def test_once_accepted_it_is_nobody_elses(self, client, conference, invited, user):
        invitations.accept(invited, user, at=NOW)
        client.force_login(make_user("eve@example.org"))

        assert "is accepted already" in text_of(client.get(page_of(invited)))
        answer = client.post(page_of(invited), follow=True)

        assert "Somebody has accepted this invitation already." in text_of(answer)
        assert "eve@example.org" not in roles(conference)

    def test_it_does_not_bring_back_a_role_that_was_taken_away(self, conference, invited, user):
        invitations.accept(invited, user, at=NOW)
        Membership.objects.filter(user=user).delete()

        with pytest.raises(TeamRefused, match="taken away"):
            invitations.accept(invited, user, at=NOW)

    def test_it_expires(self, client, settings, conference, invited, user):
        later(settings, days=13, hours=23)
        assert "Sign in to accept" in text_of(client.get(page_of(invited)))
        later(settings, days=14)
        client.force_login(user)

        assert "This invitation has expired" in text_of(client.get(page_of(invited)))
        answer = client.post(page_of(invited), follow=True)

        assert "This invitation has expired. Ask for a new one." in text_of(answer)
        assert user.email not in roles(conference)
        mails.deliver_due(NOW + timedelta(days=14))
        assert outgoing.outbox == []

    @pytest.mark.parametrize(
        ("has", "offered", "becomes"),
        [
            ("organiser", "editor", "organiser"),
            ("editor", "door", "editor"),
            ("door", "door", "door"),
            ("door", "editor", "editor"),
            ("viewer", "organiser", "organiser"),
        ],
    )
    def test_a_higher_role_stays(self, client, conference, head, user, has, offered, becomes):
        invited = invitations.invite(conference, "x@example.org", Role(offered), by=head, at=NOW)
        conference.memberships.create(user=user, role=has)
        client.force_login(user)

        page = text_of(client.get(page_of(invited)))
        client.post(page_of(invited))

        assert roles(conference)[user.email] == becomes
        assert ("there is nothing to accept" in page) is (has == becomes)
        assert ("Accept the invitation" in page) is (has != becomes)
        # It stays open for whom it is meant.
        assert Invitation.objects.filter(accepted_at=None).exists() is (has == becomes)

    def test_another_editions_link_is_no_link_here(self, client, invited):
        make_conference(slug="other")

        assert client.get(f"/other/invitations/{invited.key}/").status_code == 404

    def test_the_key_is_in_no_log(self, client, invited, user, caplog):
        caplog.set_level("DEBUG")
        client.force_login(user)
        client.get(page_of(invited))
        client.post(page_of(invited))
        mails.deliver_due(NOW)

        assert invited.key not in caplog.text


def test_the_last_account_with_a_role_is_not_made_twice(conference, head, invited):
    """An account of the invited address that is there already is the one that gets the role."""
    grace = make_user("grace@example.org")

    invitations.accept(invited, grace, at=NOW)

    assert User.objects.filter(email="grace@example.org").count() == 1
    assert grace.memberships.get().role == "editor"


class TestForgetting:
    def test_ninety_days_after_its_end_an_invitation_is_gone(self, invited, conference, head):
        accepted = invitations.invite(conference, "ada@example.org", Role.EDITOR, by=head, at=NOW)
        member = invitations.accept(accepted, make_user("ada@example.org"), at=NOW)
        days = timedelta(days=90)

        assert invitations.forget_invitations(NOW + days) == 0
        assert invitations.forget_invitations(NOW + days + timedelta(minutes=1)) == 1
        assert list(Invitation.objects.all()) == [invited]
        assert roles(conference)[member.user.email] == "editor"
        assert invitations.forget_invitations(invited.expires_at + days) == 0
        assert invitations.forget_invitations(invited.expires_at + days + timedelta(1)) == 1
        assert not Letter.objects.exists()

    def test_the_worker_does_it(self, invited, settings):
        later(settings, days=200)

        call_command("worker", "--once")

        assert not Invitation.objects.exists()
