#!/bin/sh
# Makes the files that docker-compose.yml mounts as secrets, in the folder `secrets` beside it (or in $ENTENTE_SECRETS), and keeps those that
# are there; the certificate of a secured Kafka (secure.yml) alone is renewed. Each is readable by one user of one image only (0600); yours
# are the access tokens in secrets/operator/tokens, and secrets/authority, which signs that certificate.
# It runs in the services' image without network, as root with the right to change owners, so that no root is needed here.
set -eu
cd "$(dirname "$0")/../.."
folder=${ENTENTE_SECRETS:-secrets}
umask 077
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
docker image inspect entente >/dev/null 2>&1 || docker compose build gateway
exec docker run --rm --network none --read-only --user 0:0 --security-opt no-new-privileges \
  --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER \
  --volume "$folder:/secrets" --entrypoint python entente -m entente_platform.issuing /secrets "$(id -u):$(id -g)"
