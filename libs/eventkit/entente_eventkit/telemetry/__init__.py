"""Traces, metrics and logs of a process: set up once at its start, given back at its end."""

from entente_eventkit.telemetry.setup import configure, off

__all__ = ["configure", "off"]
