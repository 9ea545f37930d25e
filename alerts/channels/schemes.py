"""Which of Apprise's schemes a notice may go to. An allow-list: what a release adds is not on it.

Data: ``SCHEMES`` is all that receivers may use. ``NEVER`` are those that people try and that
get an answer of their own. Services that POST anywhere they are told to are left out on
purpose: they follow redirects into private networks, sign nothing, and call it success.
"""

from __future__ import annotations

MAIL = frozenset({"mailto", "mailtos"})

_HOSTED = frozenset(
    {"slack", "discord", "workflow", "workflows", "tgram", "gchat", "guilded", "webex", "wxteams"}
    | {"zulip", "pagerduty", "opsgenie", "splunk", "victorops", "spike", "signl4", "pagertree"}
    | {"pover", "pbul", "join", "prowl", "simplepush", "ifttt", "line", "revolt", "flock", "ryver", "twist"}
    | {"twilio", "vonage", "nexmo", "sns", "ses", "sendgrid", "mailgun", "sparkpost", "smtp2go", "brevo"}
    | {"dingtalk", "feishu", "lark", "wecombot", "whatsapp", "o365", "azure", "threema", "clicksend", "msg91"}
    | {"msgbird", "sinch", "plivo", "bulksms", "burstsms", "httpsms", "seven", "resend", "postmark"}
)
_SELF_HOSTED = frozenset(
    {"mmost", "mmosts", "rocket", "rockets", "matrix", "matrixs", "gotify", "gotifys", "ntfy", "ntfys"}
    | {"nctalk", "nctalks", "ncloud", "nclouds", "signal", "signals", "hassio", "hassios", "bark", "barks"}
)
SCHEMES = MAIL | _HOSTED | _SELF_HOSTED

NATIVE_HOSTS = frozenset(
    {"hooks.slack.com", "discord.com", "discordapp.com", "chat.googleapis.com", "hooks.slack-gov.com"}
)
"""Hosts whose own https:// webhook addresses Apprise reads as a service."""

_ANYWHERE = "posts to any address, unsigned"
_LOCAL = "acts on this machine"
NEVER = {
    **dict.fromkeys(("json", "jsons", "xml", "xmls", "form", "forms", "apprise", "apprises"), _ANYWHERE),
    **dict.fromkeys(("dbus", "glib", "qt", "kde", "gnome", "macosx", "windows", "syslog", "file"), _LOCAL),
    **dict.fromkeys(("smtp", "smtps"), "is not Apprise's scheme for mail: write mailto:// or mailtos://;"),
}
