"""The contract between all parts of Entente and the world outside.

Events are frozen pydantic models (`events/`), declared with their topics (`topics`) and found by type and version (`registry`). An older
version is read through an upcaster (`upcasters/`). On the wire an event is a CloudEvent: `recording` goes between the two, `codec/`
between a CloudEvent and Kafka or HTTP, `signature` signs and verifies one, `validation` judges data as strictly as its producer should
have.
`schemas` and `asyncapi` write down the same for readers of other languages.
"""
