"""The kernel's own tests in libs/eventkit/tests/acting/test_policies.py, on PostgreSQL."""

from tests.integration.postgres.again import names_of

globals().update(names_of("acting/test_policies.py"))
