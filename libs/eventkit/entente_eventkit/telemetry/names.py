"""Every attribute name that a span, a metric or a log line carries, so that a renaming happens in one place.

The names without `entente.` are OpenTelemetry's own (semantic conventions as of version 1.45 of the SDK, messaging and HTTP).
"""

SERVICE_NAME = "service.name"
SERVICE_VERSION = "service.version"
ERROR_TYPE = "error.type"

HTTP_METHOD = "http.request.method"
HTTP_ROUTE = "http.route"
HTTP_STATUS = "http.response.status_code"
URL_PATH = "url.path"

MESSAGING_SYSTEM = "messaging.system"
MESSAGING_DESTINATION = "messaging.destination.name"
MESSAGING_PARTITION = "messaging.destination.partition.id"
MESSAGING_GROUP = "messaging.consumer.group.name"
MESSAGING_OPERATION = "messaging.operation.name"
MESSAGING_OPERATION_TYPE = "messaging.operation.type"
MESSAGING_BATCH = "messaging.batch.message_count"
MESSAGING_ID = "messaging.message.id"
MESSAGING_CONVERSATION = "messaging.message.conversation_id"
MESSAGING_OFFSET = "messaging.kafka.offset"

SERVICE = "entente.service"
STREAM = "entente.stream"
VERSION = "entente.version"
POSITION = "entente.position"
INSTANCE = "entente.instance"
POLICY = "entente.policy"
DECIDER = "entente.decider"
REASON = "entente.reason"
WHAT = "entente.what"
CODE = "entente.code"
EVENTS = "entente.events"
CORRELATION = "entente.correlationid"
