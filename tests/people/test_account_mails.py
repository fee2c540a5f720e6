"""The mails about accounts."""

from django.core import mail


def parts(message):
    """The text, the HTML and the type that it is said to be."""
    ((html, mime),) = message.alternatives
    return str(message.body), str(html), mime


def test_the_code_is_in_both_parts(client, conference):
    conference.colour = "#8a1c1c"
    conference.save()
    client.post("/accounts/login/code/", {"email": "grace@example.org"})

    (message,) = mail.outbox
    text, html, mime = parts(message)
    code = message.subject.split()[0]
    assert mime == "text/html"
    assert f"    {code}\n" in text
    assert f">{code}</p>" in html
    assert "CPAL 2026" in html
    assert "#8a1c1c" in html


def test_before_there_is_a_conference(client, db):
    client.post("/accounts/login/code/", {"email": "grace@example.org"})

    assert "Your sign-in code" in parts(mail.outbox[0])[1]
