"""The kernel's own tests in libs/eventkit/tests/acting/test_workers_and_duties.py, on PostgreSQL."""

from tests.integration.postgres.again import names_of

OF_SQLITE = "test_a_mark_that_another_process_took_meanwhile_is_left_to_it"
"""It waits for the statement by which SQLite begins to write."""

globals().update(names_of("acting/test_workers_and_duties.py", OF_SQLITE))
