"""The kernel's own tests in libs/eventkit/tests/store/test_reading_back.py, on PostgreSQL."""

from tests.integration.postgres.again import names_of

OF_SQLITE = "test_the_events_of_one_topic_are_found_along_an_index"
"""It asks SQLite for its plan."""

globals().update(names_of("store/test_reading_back.py", OF_SQLITE))
