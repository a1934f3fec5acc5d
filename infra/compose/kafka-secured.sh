#!/usr/bin/env bash
# Starts a Kafka node whose administrator is known before its first start; else nobody could let anybody in. The password is in a file of
# arguments that the tool reads by itself: no command line and no variable holds it. What the tool prints has the administrator's keys in it,
# so of that only errors are shown. What follows is the image's own start.
set -euo pipefail

if [ ! -e "$KAFKA_LOG_DIRS/meta.properties" ]; then
  cat >/tmp/format.properties <<SETTINGS
process.roles=$KAFKA_PROCESS_ROLES
node.id=$KAFKA_NODE_ID
controller.quorum.voters=$KAFKA_CONTROLLER_QUORUM_VOTERS
controller.listener.names=$KAFKA_CONTROLLER_LISTENER_NAMES
inter.broker.listener.name=$KAFKA_INTER_BROKER_LISTENER_NAME
listeners=$KAFKA_LISTENERS
advertised.listeners=$KAFKA_ADVERTISED_LISTENERS
listener.security.protocol.map=$KAFKA_LISTENER_SECURITY_PROTOCOL_MAP
log.dirs=$KAFKA_LOG_DIRS
SETTINGS
  /opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$CLUSTER_ID" --config /tmp/format.properties \
    @/etc/kafka/secrets/administrator >/dev/null
fi
exec /etc/kafka/docker/run
