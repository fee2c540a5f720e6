"""The pages of one's account: those of allauth in our words and look, and the password one may set.

A new one that is in no table here fails, so that somebody looks at it.
"""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from people.models import User
from tests.addresses import routes
from tests.factories import make_user
from tests.pages import tags_in

PASSWORD = "an engine of analysis"


def signed_out(client):
    pass


def signed_in(client):
    """By a code; there is no password yet."""
    asked = client.post("/accounts/login/code/", {"email": "ada@example.org"})
    assert client.post(asked.url, {"code": code_in_mail()}).status_code == 302


def with_password(client):
    user = make_user("ada@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    assert sign_in(client).url == "/accounts/profile/"


def asked_for_code(client):
    client.post("/accounts/login/code/", {"email": "ada@example.org"})


def unconfirmed(client):
    make_user("ada@example.org", password=PASSWORD)
    assert sign_in(client).url == "/accounts/confirm-email/"


def asked_for_link(client):
    with_password(client)
    client.logout()
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})


def sign_in(client, password=PASSWORD):
    return client.post("/accounts/login/", {"login": "ada@example.org", "password": password})


def code_in_mail():
    (found,) = re.findall(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    return found


def link_in_mail():
    (found,) = re.findall(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    return found


# The route of each below accounts/, and how one comes to it.
RESET = "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
PAGES = {
    "login/": signed_out,
    "login/code/": signed_out,
    "login/code/confirm/": asked_for_code,
    "logout/": signed_in,
    "inactive/": signed_out,
    "signup/": signed_out,
    "reauthenticate/": with_password,
    "email/": signed_in,
    "confirm-email/": unconfirmed,
    "password/set/": signed_in,
    "password/change/": with_password,
    "password/reset/": signed_out,
    "password/reset/done/": signed_out,
    RESET: asked_for_link,
    "password/reset/key/done/": signed_out,
    "profile/": signed_in,
    "profile/privacy/": signed_in,
    "profile/privacy/delete/": signed_in,
}
DOCUMENTS = ["profile/privacy/data.json"]  # test_privacy_pages.py


def test_every_page_is_in_the_table():
    ours = [route for route in routes() if route.startswith("accounts/")]

    assert sorted(ours) == sorted(f"accounts/{route}" for route in [*PAGES, *DOCUMENTS])


def heading(client, path, language):
    """The only one of its page; asserts what holds for every page."""
    response = client.get(path, follow=True)
    assert response.status_code == 200
    tags = tags_in(response.content.decode())
    assert ("html", {"lang": language}) in tags
    for tag, attributes in tags:
        assert tag != "style"
        assert tag != "script" or "src" in attributes
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    names = [tag for tag, _ in tags]
    assert (names.count("h1"), names.count("main")) == (1, 1)
    (text,) = re.findall("<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    return text.strip()


@pytest.mark.parametrize("route", PAGES)
def test_a_page_in_both_languages(client, conference, route):
    PAGES[route](client)
    path = link_in_mail() if route == RESET else f"/accounts/{route}"

    english, german = heading(client, path, "en"), heading(client, f"/de{path}", "de")
    assert english
    assert german
    assert english != german


def test_a_password_may_be_set_and_signs_in_then(client, db):
    signed_in(client)
    assert 'href="/accounts/password/set/"' in client.get("/accounts/profile/").content.decode()
    done = client.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    assert done.status_code == 302
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session

    assert sign_in(client, "another one").status_code == 200
    assert "_auth_user_id" not in client.session
    assert sign_in(client).url == "/accounts/profile/"
    user = User.objects.get()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.has_usable_password()


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(client, db):
    asked_for_link(client)
    form = client.get(link_in_mail()).url
    client.post(form, {"password1": "another engine", "password2": "another engine"})

    assert sign_in(client).status_code == 200
    assert sign_in(client, "another engine").url == "/accounts/profile/"
