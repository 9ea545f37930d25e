"""A receiver as ops write it in ``rules/receivers.yaml``: who is told, and by what way.

A secret is given in place, as ``*_file`` (a path) or as ``*_env`` (a variable's name);
exactly one of the three. The value is resolved when a delivery is made, so that a
rotated secret needs no restart, and it never stands in an error, a log or a page.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, HttpUrl, SecretStr, model_validator

from alerts.core.frozen import Frozen
from alerts.core.source import Duration, Slug


def _exactly_one(owner: str, name: str, *values: object) -> None:
    given = sum(value is not None for value in values)
    if given != 1:
        raise ValueError(f"{owner} needs exactly one of {name}, {name}_file, {name}_env (got {given})")


class AppriseTarget(Frozen):
    """One Apprise URL, one recipient: mail, Slack and whatever else Apprise reaches."""

    url: SecretStr | None = None
    url_file: str | None = None
    url_env: str | None = None

    @model_validator(mode="after")
    def _one(self) -> AppriseTarget:
        _exactly_one("apprise", "url", self.url, self.url_file, self.url_env)
        return self


class WebhookTarget(Frozen):
    """A subscription: Standard Webhooks signature, CloudEvents body.

    ``events`` are patterns of event types (``alert.*``). ``previous_secret*`` signs beside
    the present one while a subscriber rotates.
    """

    url: HttpUrl
    secret: SecretStr | None = None
    secret_file: str | None = None
    secret_env: str | None = None
    previous_secret: SecretStr | None = None
    previous_secret_file: str | None = None
    previous_secret_env: str | None = None
    events: tuple[str, ...] = ("*",)
    timeout: Duration = timedelta(seconds=15)

    @model_validator(mode="after")
    def _one(self) -> WebhookTarget:
        _exactly_one("webhook", "secret", self.secret, self.secret_file, self.secret_env)
        if self.timeout > timedelta(seconds=15):
            raise ValueError("a webhook's timeout is 15s at most")
        return self


class Receiver(Frozen):
    """A named target. ``max_in_flight`` bounds what is sent to it at one time."""

    name: Slug
    apprise: AppriseTarget | None = None
    webhook: WebhookTarget | None = None
    max_in_flight: int = Field(default=2, ge=1, le=64)

    @model_validator(mode="after")
    def _one_channel(self) -> Receiver:
        if (self.apprise is None) == (self.webhook is None):
            raise ValueError(f"receiver {self.name} needs exactly one of apprise, webhook")
        return self
