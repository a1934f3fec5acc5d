#!/bin/sh
# Makes a Debian machine able to run `make test-all`: installs what is missing of Java 17, Maven, PostgreSQL and Prometheus from Debian's
# packages, without letting their services start, then brings up a Docker engine with every image. Run as root; safe to run again.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "run it as root: it installs packages" >&2; exit 1; }

missing=""
have() { command -v "$1" >/dev/null 2>&1; }
have java || missing="$missing openjdk-17-jre-headless"
have mvn || missing="$missing maven"
have prometheus && have promtool || missing="$missing prometheus"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
have setpriv || missing="$missing util-linux"

if [ -n "$missing" ]; then
    echo "Installing$missing"
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' > "$policy"
        chmod 755 "$policy"
    fi
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
    apt-get update -qq
    # Word splitting is wanted.
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
have go || echo "Go is missing: the collector of traces cannot be built, and its tests will fail; install Go 1.25 or later" >&2
have npm || echo "Node is missing: a publisher in JavaScript cannot be run, and its test will fail; install Node 20 or later with npm" >&2
infra/airgap/up.sh "$@"
