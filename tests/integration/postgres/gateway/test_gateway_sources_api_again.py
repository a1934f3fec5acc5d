"""The gateway's own tests in services/gateway/tests/test_gateway_sources_api.py, on PostgreSQL."""

from tests.integration.postgres.again import names_of

globals().update(names_of("test_gateway_sources_api.py", of="services/gateway/tests"))
