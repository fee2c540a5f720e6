"""Signing in by a code mailed to one's address, which makes the account on the way."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from people.accounts import forget_unconfirmed
from people.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def ask_for_code(client, email, following=""):
    return client.post("/accounts/login/code/", {"email": email, "next": following})


def code_in(message):
    (code,) = re.findall(r"\b\d{4}-\d{4}\b", str(message.body))
    return code


def confirm(client, code, page="/accounts/login/code/confirm/"):
    return client.post(page, {"code": code})


def test_a_newcomer_signs_in_and_has_an_account(client):
    ask_for_code(client, "Grace@Example.org")
    assert [message.to for message in mail.outbox] == [["grace@example.org"]]
    confirm(client, code_in(mail.outbox[0]))
    user = User.objects.get(email="grace@example.org")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.has_usable_password()


def test_one_comes_back_to_the_page_one_came_from(client):
    page = ask_for_code(client, "grace@example.org", "/cpal-2026/tutorials/one/").url
    response = confirm(client, code_in(mail.outbox[0]), page)
    assert (response.status_code, response.url) == (302, "/cpal-2026/tutorials/one/")


def test_another_host_is_no_page_to_come_back_to(client):
    page = ask_for_code(client, "grace@example.org", "https://evil.example/").url
    assert confirm(client, code_in(mail.outbox[0]), page).url == "/accounts/profile/"


def test_a_known_address_gets_its_account_whatever_the_case(client, user):
    ask_for_code(client, "ADA@example.org")
    confirm(client, code_in(mail.outbox[0]))
    assert client.session["_auth_user_id"] == str(user.pk)
    assert User.objects.count() == 1


def test_an_address_that_is_too_long_is_refused(client):
    assert ask_for_code(client, "x" * 250 + "@example.org").status_code == 200
    assert mail.outbox == []


def test_a_wrong_code_does_not_sign_in(client):
    ask_for_code(client, "grace@example.org")
    response = confirm(client, "0000-0000")
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_an_address_that_an_organiser_mended_is_the_only_one(client, organiser):
    user = make_user("graec@example.org", name="Grace")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    client.force_login(organiser)
    page = f"/admin/people/user/{user.pk}/change/"
    client.post(page, {"email": "grace@example.org", "name": "Grace", "is_active": "on"})
    client.logout()
    ask_for_code(client, "grace@example.org")
    confirm(client, code_in(mail.outbox[-1]))
    assert client.session["_auth_user_id"] == str(user.pk)
    assert list(
        EmailAddress.objects.filter(user=user).values_list("email", "primary", "verified")
    ) == [("grace@example.org", True, True)]


def test_an_address_that_was_changed_past_the_admin_signs_in_too(client, user):
    EmailAddress.objects.create(user=user, email="old@example.org", primary=True, verified=True)
    ask_for_code(client, "ada@example.org")
    confirm(client, code_in(mail.outbox[0]))
    assert client.session["_auth_user_id"] == str(user.pk)


def test_an_account_that_was_switched_off_stays_off(client):
    make_user("gone@example.org", is_active=False)
    ask_for_code(client, "gone@example.org")
    (message,) = mail.outbox
    assert message.subject == "This account is switched off"
    assert not re.search(r"\d{4}-\d{4}", str(message.body))
    assert "write to the organisers" in str(message.body)
    assert User.objects.count() == 1


def test_one_that_was_switched_off_is_told_whom_to_ask(client, conference):
    conference.contact_email = "chairs@example.org"
    conference.save()
    make_user("gone@example.org", is_active=False)
    for page, field in (("login/code", "email"), ("password/reset", "email")):
        client.post(f"/accounts/{page}/", {field: "gone@example.org"})

    assert ["write to chairs@example.org." in str(m.body) for m in mail.outbox] == [True, True]


def test_a_password_of_no_account_cannot_be_reset(client):
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})

    assert [message.subject for message in mail.outbox] == ["No account for this address"]


PASSWORD = "an engine of analysis"


def sign_in_with_password(client):
    return client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})


def test_a_password_signs_in_too(client):
    user = make_user("ada@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    assert sign_in_with_password(client).url == "/accounts/profile/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_an_address_is_confirmed_before_a_password_opens_the_account(client):
    make_user("ada@example.org", password=PASSWORD)
    assert sign_in_with_password(client).url == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[0])})
    assert "_auth_user_id" in client.session


def test_a_hall_of_300_signs_in_from_one_address(client):
    for number in range(300):
        response = ask_for_code(client, f"person{number}@example.org")
        assert response.status_code == 302, number
        client.cookies.clear()
    assert len(mail.outbox) == 300


def test_asking_again_and_again_for_one_account_is_stopped(client):
    statuses = []
    for _ in range(7):
        statuses.append(ask_for_code(client, "grace@example.org").status_code)
        client.cookies.clear()
    assert statuses.count(302) == 5
    assert len(mail.outbox) == 5


def test_accounts_that_were_never_confirmed_are_forgotten(client, user):
    ask_for_code(client, "typo@example.org")
    client.cookies.clear()
    ask_for_code(client, "fresh@example.org")
    old = timezone.now() - timedelta(days=2)
    User.objects.filter(email__in=["typo@example.org", "ada@example.org"]).update(date_joined=old)
    user.set_password("kept because it has a password")
    user.save()
    assert forget_unconfirmed() == 1
    assert set(User.objects.values_list("email", flat=True)) == {
        "ada@example.org",
        "fresh@example.org",
    }


@pytest.mark.parametrize("path", ["login/", "login/code/", "password/reset/"])
@pytest.mark.parametrize(("language", "name"), [("", "E-mail address"), ("de/", "E-Mail-Adresse")])
def test_an_address_has_one_name_in_every_form(client, path, language, name):
    page = client.get(f"/{language}accounts/{path}", follow=True).content.decode()

    labels = re.findall(r'<label[^>]*for="[^"]*(?:email|login)"[^>]*>([^<]*)', page)
    assert {label.strip() for label in labels} == {name}
    assert not re.search(r'<input[^>]*type="email"[^>]*placeholder', page)
