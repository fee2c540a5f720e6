import json

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser import Watch, open_browser
from tests.tutorials.api import LISTS, ROOT


def test_the_schema_is_valid_and_complete(tmp_path, client, db):
    file = tmp_path / "schema.json"
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format=openapi-json", f"--file={file}"
    )
    paths = json.loads(file.read_text())["paths"]
    assert {path.removeprefix(ROOT).split("/")[0] for path in paths} == set(LISTS)

    answer = client.get(f"{ROOT}schema/", headers={"accept": "application/json"})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    assert set(answer.json()["paths"]) == set(paths)


def described(schema, spec):
    """Follow a reference."""
    while "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def test_what_is_answered_is_what_the_schema_says(client, programme):
    """Every key of an answer is in the schema, and every key it requires is in the answer."""
    spec = client.get(f"{ROOT}schema/", headers={"accept": "application/json"}).json()

    def compare(value, schema, where):
        if "allOf" in schema:
            schema = schema["allOf"][0]
        schema = described(schema, spec)
        if isinstance(value, list):
            for item in value:
                compare(item, schema["items"], where)
        elif isinstance(value, dict):
            assert set(value) <= set(schema["properties"]), where
            assert set(schema.get("required", ())) <= set(value), where
            for key, item in value.items():
                compare(item, schema["properties"][key], f"{where}.{key}")

    for path, operations in spec["paths"].items():
        content = operations["get"]["responses"]["200"]["content"]["application/json"]
        if "{" not in path:
            answer = client.get(path).json()
            compare(answer, content["schema"], path)
            for row in answer["results"]:
                detail = next(p for p in spec["paths"] if p.startswith(path + "{"))
                content = spec["paths"][detail]["get"]["responses"]["200"]["content"]
                one = client.get(row["api_url"]).json()
                compare(one, content["application/json"]["schema"], detail)


def test_the_docs_hold_nothing_inline(client, db):
    answer = client.get(f"{ROOT}docs/")
    text = answer.content.decode()

    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "<style" not in text
    assert text.count("<script") == text.count("<script src=")
    assert client.get(f"{ROOT}docs/?script=")["Content-Type"].startswith("application/javascript")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_docs_work_in_a_browser_under_the_strict_policy(live_server, programme):
    with open_browser() as browser:
        page = browser.new_page(service_workers="block")
        page.set_default_timeout(10_000)
        watch = Watch(page, live_server.url)
        page.goto(f"{live_server.url}{ROOT}docs/")
        page.locator("#operations-tutorials-tutorials_list button").first.click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_role("button", name="Execute").click()
        expect(page.locator(".live-responses-table")).to_contain_text(programme.t1.title)
        assert watch.faults == []
