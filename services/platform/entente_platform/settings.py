"""What can be set for the process as a whole, by variables that start with `ENTENTE_PLATFORM_`."""

from typing import Annotated, Literal

from pydantic import Field

from entente_eventkit.shell.settings import ProcessSettings


class PlatformSettings(ProcessSettings):
    """As for any process; its log is quieter, as people read it in a terminal."""

    log_level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"], Field(description="debug, info, warning, error or critical")
    ] = "warning"
