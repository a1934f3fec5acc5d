# How each image is made here. A recipe gets the image's name; its build context is a folder beside this file.
KAFKA=$STATE/kafka
KAFKA_JARS=$(cd ../../libs/backing/entente_backing/kafka && pwd)
COLLECTOR=$STATE/collector

# docker_build IMAGE FOLDER [ARGUMENT...]
docker_build() {
  local image=$1 folder=$2; shift 2
  quietly "$(basename "$folder")-image" docker build --tag "$image" "$@" "$folder"
}

# Debian with this machine's package sources and trust store, and the libraries that CPython is linked to. Below all others.
build_base() {
  if present "$BASE"; then return; fi
  local began=$SECONDS sources=/etc/apt/sources.list.d/debian.sources
  [ -s "$sources" ] || sources=/etc/apt/sources.list
  quietly base mmdebstrap --variant=minbase --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --include="$(paste -sd, base/packages)" \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' --aptopt='Acquire::Check-Valid-Until "false"' \
    --customize-hook='mkdir -p "$1"/usr/local/share/ca-certificates' \
    --customize-hook='for one in /usr/local/share/ca-certificates/*.crt; do [ ! -e "$one" ] || cp "$one" "$1"/usr/local/share/ca-certificates/; done' \
    --customize-hook='chroot "$1" update-ca-certificates' \
    bookworm "$STATE/base.tar" "$sources"
  docker import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
    --change 'LABEL entente.airgap="built here, with this machine'"'"'s trust store: never publish"' "$STATE/base.tar" "$BASE" >/dev/null
  rm -f "$STATE/base.tar"
  row built "$BASE" "$(megabytes "$BASE")" "$((SECONDS - began))" "$(remark "$BASE")"
}

# This machine's CPython without its tests, headers of extensions kept; under /usr/local as in the official image.
build_python() {
  local prefix context=$STATE/python
  prefix=$(python3.11 -c 'import sys; print(sys.base_prefix)')
  rm -rf "$context"; mkdir -p "$context/usr/local/bin"
  tar -C "$prefix" --exclude=__pycache__ --exclude='*.a' --exclude='lib/python3.11/test' --exclude='lib/python3.11/idlelib' \
    --exclude='lib/python3.11/tkinter' --exclude='lib/python3.11/lib2to3/tests' --exclude='lib/python3.11/site-packages/*' \
    --exclude='lib/python3.11/dist-packages/*' --exclude='lib/python3.11/config-*' \
    -c lib/python3.11 $(cd "$prefix" && ls -d lib/libpython3* 2>/dev/null) include/python3.11 | tar -C "$context/usr/local" -x
  cp "$prefix/bin/python3.11" "$context/usr/local/bin/"
  ln -s python3.11 "$context/usr/local/bin/python3"
  ln -s python3.11 "$context/usr/local/bin/python"
  if command -v strip >/dev/null; then
    find "$context" -name '*.so*' -type f -exec strip --strip-unneeded {} + 2>/dev/null || true
  fi
  cp python/Dockerfile "$context/"
  docker_build "$1" "$context" --build-arg "BASE=$BASE"
  rm -rf "$context"
}

# The jars, and of the JDK what they need.
gather_kafka() {
  if [ -s "$KAFKA/context/ready" ]; then return; fi
  rm -rf "$KAFKA/context"; mkdir -p "$KAFKA/context"
  quietly kafka-jars mvn -q -B -f "$KAFKA_JARS/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$KAFKA/context/libs"
  (cd "$KAFKA/context/libs" && quietly kafka-checksums sha256sum --check --strict "$KAFKA_JARS/jars.sha256")
  quietly kafka-java "$(java_home)/bin/jlink" --add-modules "$(paste -sd, kafka/modules)" --strip-debug --no-man-pages --no-header-files \
    --compress=2 --output "$KAFKA/context/java"
  echo yes >"$KAFKA/context/ready"
}

build_kafka() {
  gather_kafka || return 1
  cp kafka/Dockerfile kafka/run kafka/tool "$KAFKA/context/"
  docker_build "$1" "$KAFKA/context" --build-arg "BASE=$BASE"
}

build_postgres() { docker_build "$1" postgres --build-arg "BASE=$BASE"; }
build_reaper() { docker_build "$1" reaper; }
build_prometheus() { docker_build "$1" prometheus --build-arg "BASE=$BASE"; }

# The parts of the collector that infra/otel/collector.yml names, from Go modules with known checksums.
cannot_collector() { command -v go >/dev/null || echo "its Go modules need Go 1.26 or later, and this machine has none"; }
gather_collector() {
  mkdir -p "$COLLECTOR"
  (cd collector && GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-mod=readonly quietly collector \
    go build -trimpath -ldflags '-s -w' -o "$COLLECTOR/otelcol-contrib" .)
}
build_collector() {
  cp collector/Dockerfile "$COLLECTOR/"
  docker_build "$1" "$COLLECTOR" --build-arg "BASE=$BASE"
}

# The services, from this checkout: every time, as its layers tell what has changed.
build_services() {
  quietly services-image docker build --tag "$1" --file ../images/Dockerfile ../..
}
