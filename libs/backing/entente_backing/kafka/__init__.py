"""Apache Kafka: its jars, its nodes on this machine, and who may do what in a cluster."""

from entente_backing.kafka.cluster import NativeCluster
from entente_backing.kafka.trouble import KafkaTrouble

__all__ = ["KafkaTrouble", "NativeCluster"]
