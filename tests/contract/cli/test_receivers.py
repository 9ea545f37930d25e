"""``receivers list|test`` as a process, against a real webhook server and a real mail server."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from tests.support.folders import hook_receiver, mail_receiver, write_rules
from tests.support.smtp_sink import SmtpSink
from tests.support.webhook_sink import Answer, WebhookSink, says

SECRET = "whsec_" + base64.b64encode(os.urandom(32)).decode()


def rules(folder: Path, receivers: list[dict[str, Any]]) -> Path:
    return write_rules(
        folder, sources=[], receivers=receivers, route={"receiver": receivers[0]["name"]}, rules=[]
    )


async def call(folder: Path, *arguments: str) -> tuple[int, str, str]:
    told = {"EXPORTWATCH_RULES_DIR": str(folder), "EXPORTWATCH_ALLOW_NETWORKS": "127.0.0.0/8"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "alerts", "receivers", *arguments),
        env=os.environ | told,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def try_both(folder: Path, answer: Answer) -> tuple[int, str, WebhookSink, SmtpSink]:
    async with WebhookSink(answer) as hook, SmtpSink() as mail:
        rules(folder, [hook_receiver("erp", hook.url, SECRET), mail_receiver("desk", mail.url())])
        code, out, _ = await call(folder, "test", "--format", "json")
        return code, out, hook, mail


def test_a_test_notice_reaches_each_receiver_signed_and_named_as_a_test(tmp_path: Path) -> None:
    code, out, hook, mail = asyncio.run(try_both(tmp_path, says(204)))
    assert code == 0, out
    assert [(row["name"], row["ok"], row["reason"]) for row in json.loads(out)] == [
        ("erp", True, "delivered"),
        ("desk", True, "delivered"),
    ]
    body = Webhook(SECRET).verify(hook.requests[0].body, hook.requests[0].headers)
    assert body["type"].endswith("receiver.test")
    assert "Test of receiver desk" in mail.mails[0]["Subject"]


def test_a_receiver_that_refuses_is_told_of_and_the_other_still_gets_its_notice(tmp_path: Path) -> None:
    code, out, _, mail = asyncio.run(try_both(tmp_path, says(401, b"no such token")))
    assert code == 1
    refused = json.loads(out)[0]
    assert (refused["name"], refused["reason"]) == ("erp", "unauthorised")
    assert len(mail.mails) == 1


def test_an_unknown_name_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    rules(tmp_path, [hook_receiver("erp", "http://127.0.0.1:9/", SECRET)])
    code, _, err = asyncio.run(call(tmp_path, "test", "epr"))
    assert code == 1
    assert "no receiver 'epr'" in err
    assert "receivers list" in err


def test_the_list_says_what_is_missing_and_shows_no_secret(tmp_path: Path) -> None:
    lacking = {"name": "ops", "apprise": {"url_env": "NOBODY_SET_THIS"}}
    rules(tmp_path, [hook_receiver("erp", "http://127.0.0.1:9/", SECRET), lacking])
    code, out, _ = asyncio.run(call(tmp_path, "list", "--format", "json"))
    assert code == 0
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["erp"] == {"name": "erp", "way": "webhook", "missing": ""}
    assert "NOBODY_SET_THIS" in rows["ops"]["missing"]
    assert SECRET not in out
