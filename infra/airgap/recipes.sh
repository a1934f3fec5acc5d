# How each image is made here. A recipe gets the image's name; its build context is a folder beside this file.
KAFKA=$STATE/kafka

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
  quietly base mmdebstrap --variant=minbase --include="$(paste -sd, base/packages)" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
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
  cp python/Dockerfile "$context/"
  docker_build "$1" "$context" --build-arg "BASE=$BASE"
  rm -rf "$context"
}

# The jars, and of the JDK what they need.
gather_kafka() {
  if [ -s "$KAFKA/context/ready" ]; then return; fi
  rm -rf "$KAFKA/context"; mkdir -p "$KAFKA/context"
  quietly kafka-jars mvn -q -B -f "$KAFKA_POM" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$KAFKA/context/libs"
  quietly kafka-java "$(java_home)/bin/jlink" --add-modules "$(paste -sd, kafka/modules)" --strip-debug --no-man-pages --no-header-files \
    --compress=2 --output "$KAFKA/context/java"
  echo yes >"$KAFKA/context/ready"
}
KAFKA_POM=$PWD/kafka/pom.xml

build_kafka() {
  gather_kafka || return 1
  cp kafka/Dockerfile kafka/run kafka/tool "$KAFKA/context/"
  docker_build "$1" "$KAFKA/context" --build-arg "BASE=$BASE"
}

build_postgres() { docker_build "$1" postgres --build-arg "BASE=$BASE"; }
build_reaper() { docker_build "$1" reaper; }
build_prometheus() { docker_build "$1" prometheus --build-arg "BASE=$BASE"; }
