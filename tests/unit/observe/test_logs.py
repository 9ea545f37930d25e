"""Logs: one chain for ours and the libraries' lines, and no credentials in any of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from alerts.observe.logs import Format, get_log, set_up_logs

SECRET_URLS = [
    "redis://user:hunter2@cache.example:6379/0",
    "https://hunter2@hooks.example/x",
    "mailtos://me:hunter2@mail.example?to=you@there.example",
    "redis://:hunter2@cache.example",
    "redis://:hun/hunter2@cache.example",
    "https://api.example/v1/items?api_key=hunter2&page=2",
    "https://api.example/v1/items?page=2&access_token=hunter2",
    "mailtos://mail.example?to=you@there.example&password=hunter2#x",
    "https://store.example/f?X-Amz-Signature=hunter2",
]


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().err)
    return found


@pytest.mark.parametrize("url", SECRET_URLS)
@pytest.mark.parametrize("form", ["json", "console"])
def test_credentials_are_blotted_wherever_they_stand(
    url: str, form: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(form, "info")
    log = get_log("test")
    log.info(f"connected to {url}")
    log.info("connected", url=url, several=[url], deep={"at": (url,)})
    logging.getLogger("a.library").warning("cannot reach %s", url)
    try:
        raise ConnectionError(f"cannot reach {url}")
    except ConnectionError:
        log.exception("failed")
        logging.getLogger("a.library").exception("failed too")
    told = capsys.readouterr().err
    assert "hunter2" not in told
    assert told.count("example") >= 7


def test_a_line_is_json_with_level_time_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    get_log("poll").info("source polled", source="商务部", new=3)
    told = line(capsys)
    assert told.pop("timestamp").endswith("Z")
    assert told == {
        "event": "source polled",
        "source": "商务部",
        "new": 3,
        "level": "info",
        "logger": "exportwatch.poll",
    }


def test_a_librarys_line_has_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    logging.getLogger("a.library").warning("%d things", 3)
    told = line(capsys)
    assert (told["event"], told["level"], told["logger"]) == ("3 things", "warning", "a.library")


def test_an_address_without_credentials_stays(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    get_log("poll").info("see https://news.example/a?mail=me@there.example")
    assert line(capsys)["event"] == "see https://news.example/a?mail=me@there.example"


def test_a_query_without_a_secret_stays(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    told = "see https://news.example/a?keyword=monkey&page=2, not a key=value"
    get_log("poll").info(told)
    assert line(capsys)["event"] == told


def test_the_least_level_is_kept_and_noisy_libraries_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "warning")
    get_log("poll").info("not told")
    set_up_logs("json", "debug")
    logging.getLogger("kombu").info("not told either")
    assert capsys.readouterr().err == ""
