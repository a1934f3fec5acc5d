"""Databases and roles on a PostgreSQL server: one of each a service, made by whoever may make them."""

from entente_backing.postgres.provisioning import Provisioned, ServerAway, WrongDatabase, admin_address, provision

__all__ = ["Provisioned", "ServerAway", "WrongDatabase", "admin_address", "provision"]
