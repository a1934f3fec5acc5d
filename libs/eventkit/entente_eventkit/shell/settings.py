"""A service's settings, from variables that start with `ENTENTE_<SERVICE>_`."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from entente_contracts.topics import REPLICATION

HIDDEN = "***"


class WrongSetting(ValueError):
    """Settings that cannot be used: one line each, naming the variable, what is wrong with it and what would be right."""


class ProcessSettings(BaseSettings):
    """What any process has to be told of its telemetry and its log. Printed without secrets."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, env_ignore_empty=True)

    otlp_endpoint: Annotated[str | None, Field(description="http://127.0.0.1:4318 or the like; leave out for no telemetry")] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"], Field(description="debug, info, warning, error or critical")
    ] = "info"

    @classmethod
    def read(cls, service: str, **given: Any) -> Self:
        """The settings of a service or process: what is given here, else its variables, else the defaults. Raises `WrongSetting`."""
        prefix = f"ENTENTE_{service.upper()}_"
        unknown = _unknown(cls, prefix, os.environ)
        try:
            settings = cls(_env_prefix=prefix, **given)
        except ValidationError as error:
            wrong = [_sentence(cls, prefix, one) for one in error.errors(include_input=False)]
            raise WrongSetting("\n".join([*wrong, *unknown])) from None
        if unknown:
            raise WrongSetting("\n".join(unknown))
        return settings

    @field_validator("otlp_endpoint")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("is no http address")
        return value

    def shown(self) -> dict[str, str]:
        """Each setting as text, passwords hidden."""
        return {name: _hidden(name, value) for name, value in self if value is not None}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in self.shown().items())})"

    __str__ = __repr__


class Settings(ProcessSettings):
    """What a service has to be told; everything has a default but the database. Printed without secrets."""

    database_url: Annotated[str, Field(description="sqlite:////folder/gateway.sqlite or postgresql+psycopg://user@host/name")]
    database_password_file: Annotated[
        Path | None, Field(description="the file that holds the password for database_url and nothing else")
    ] = None
    bootstrap: Annotated[
        str | None, Field(description="host:port of a Kafka broker, several with commas; leave out for the embedded log")
    ] = None
    kafka_credentials: Annotated[
        Path | None, Field(description="a folder with ca.pem, username and password; leave out where the brokers ask for none")
    ] = None
    replicas: Annotated[
        int, Field(description="copies of each partition: 3, or as many as there are brokers where there are fewer", ge=1)
    ] = REPLICATION
    host: Annotated[str, Field(description="the address to listen on, for example 127.0.0.1", min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(description="a free port from 1 to 65535, for example 8600", ge=1, le=65535)] = 8600
    tokens_file: Annotated[Path | None, Field(description="the folder that holds a token a role")] = None
    clock: Annotated[
        datetime | None, Field(description="where a set clock starts, for example 2023-10-01T00:00:00Z; leave out for the machine's")
    ] = None

    @field_validator("database_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        try:
            url = make_url(value)
        except ArgumentError:
            raise ValueError("is no database address") from None
        if url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise ValueError("names a database other than SQLite and PostgreSQL")
        return value

    @field_validator("database_password_file")
    @classmethod
    def _is_the_only_password(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        url = info.data.get("database_url")
        if value is not None and url is not None and make_url(url).password is not None:
            raise ValueError("is given, and database_url has a password too")
        return value

    @field_validator("clock")
    @classmethod
    def _has_a_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("has no time zone")
        return value and value.astimezone(UTC)

    def database(self) -> str:
        """The database's address, with the password from `database_password_file` where one is named. Raises `WrongSetting`."""
        file = self.database_password_file
        if file is None:
            return self.database_url
        try:
            password = file.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise WrongSetting(f"database_password_file: {file} cannot be read ({type(error).__name__}); name a file of text") from error
        if not password:
            raise WrongSetting(f"database_password_file: {file} is empty; write the password into it")
        return make_url(self.database_url).set(password=password).render_as_string(hide_password=False)


def _hidden(name: str, value: Any) -> str:
    if name == "database_url":
        return make_url(value).render_as_string(hide_password=True)
    text = str(value)
    user, at, rest = text.rpartition("@")
    return f"{user.split('://')[0]}://{HIDDEN}@{rest}" if at and "://" in user else text


def _unknown(settings: type[ProcessSettings], prefix: str, environment: Mapping[str, str]) -> list[str]:
    known = {f"{prefix}{name.upper()}" for name in settings.model_fields}
    given = sorted(name for name in environment if name.upper().startswith(prefix) and name.upper() not in known)
    return [f"{name}: there is no such setting; there are {', '.join(sorted(known))}" for name in given]


def _sentence(settings: type[ProcessSettings], prefix: str, error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    wrong = "is not set" if error["type"] == "missing" else str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    field = settings.model_fields.get(name)
    right = f"; what would be right: {field.description}" if field else ""
    return f"{prefix}{name.upper()}: {wrong}{right}"
