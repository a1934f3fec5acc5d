"""The kernel's own tests in libs/eventkit/tests/projecting/test_rows.py, on PostgreSQL."""

from tests.integration.postgres.again import names_of

OF_SQLITE = "test_each_changed_row_is_written_once_in_order_of_key"
"""It looks at rows sent one by one; `test_rows_are_sent_as_arrays_in_order_of_key` is its like."""

globals().update(names_of("projecting/test_rows.py", OF_SQLITE))
