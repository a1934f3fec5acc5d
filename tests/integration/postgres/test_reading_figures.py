"""The kernel's own tests in libs/eventkit/tests/reading/test_figures.py, on PostgreSQL."""

from tests.integration.postgres.again import names_of

globals().update(names_of("reading/test_figures.py"))
