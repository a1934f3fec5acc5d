"""The kernel's own tests in libs/eventkit/tests/projecting/test_rebuilding.py, on PostgreSQL."""

from tests.integration.postgres.again import names_of

globals().update(names_of("projecting/test_rebuilding.py"))
