"""What can be set for the process as a whole, by variables that start with `ENTENTE_PLATFORM_`."""

from typing import Literal

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class WrongSetting(ValueError):
    """A variable that cannot be used; the text names it and says what would be right."""


class PlatformSettings(BaseSettings):
    """`otlp_endpoint`: where traces and metrics go (OTLP over HTTP), none if not set; `log_level`: from which level on logs are written."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_PLATFORM_", frozen=True)

    otlp_endpoint: str | None = None
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "warning"


def read_settings() -> PlatformSettings:
    """The settings of this process; raises `WrongSetting`."""
    try:
        return PlatformSettings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"ENTENTE_PLATFORM_{str(first['loc'][0]).upper()}"
        raise WrongSetting(f"{name} is {first['input']!r}: {first['msg']}") from error
