"""The kernel's own tests in libs/eventkit/tests/store/test_commands.py, on PostgreSQL."""

from tests.integration.postgres.again import names_of

globals().update(names_of("store/test_commands.py"))
