# The images: present, pulled, built, or said not to be had.
BASE=entente/airgap-base
SERVICES=entente
FAILED=$STATE/failed
. ./recipes.sh

# images_present GROUP...: has every image of the groups, and prints what became of each. What failed stands in $FAILED.
images_present() {
  local image group recipe reason missing=() jobs=()
  : >"$FAILED"
  while read -r image group recipe reason; do
    [[ " $* " == *" $group "* ]] || continue
    if present "$image"; then
      row present "$image" "$(megabytes "$image")" 0 "$(remark "$image")"
    elif registry_answers "$image" && quietly "pull" docker pull "$image"; then
      row pulled "$image" "$(megabytes "$image")" "-"
    elif [ "$recipe" = none ] || { reason=$(impossible "$recipe") && [ -n "$reason" ]; }; then
      row cannot "$image" - - "be built: $reason"
    else
      missing+=("$image=$recipe")
    fi
  done < <(grep -v '^#' images.list)
  if [ "${#missing[@]}" -gt 0 ]; then
    gather "${missing[@]}"
    for one in "${missing[@]}"; do
      build "${one%%=*}" "${one#*=}" & jobs+=($!)
      # What follows in the list may stand on Python's; all else stands on the base alone.
      if [ "${one#*=}" = python ]; then wait $!; fi
    done
  fi
  build "$SERVICES" services
  for job in "${jobs[@]}"; do wait "$job"; done
}

# Why a recipe cannot work on this machine; nothing where it can.
impossible() { if declare -F "cannot_$1" >/dev/null; then "cannot_$1" || true; fi; }

# What can be fetched while the base image is made: nothing of it needs the base.
gather() {
  local jobs=()
  if [[ " $* " == *=kafka* ]]; then (gather_kafka) & jobs+=($!); fi
  if [[ " $* " == *=collector* ]]; then (gather_collector) & jobs+=($!); fi
  build_base
  for job in "${jobs[@]}"; do wait "$job" || true; done
}

build() {
  local image=$1 began=$SECONDS
  if "build_$2" "$image"; then
    row built "$image" "$(megabytes "$image")" "$((SECONDS - began))" "$(remark "$image")"
  else
    echo "$image" >>"$FAILED"
    row failed "$image" - "$((SECONDS - began))" "its log is in $STATE"
  fi
}

present() { docker image inspect "$1" >/dev/null 2>&1; }
megabytes() { docker image inspect --format '{{.Size}}' "$1" | awk '{ printf "%.0f", $1 / 1000000 }'; }

# What is to be known of an image: that it was built here, and where it holds another version than its name says.
remark() {
  local built holds
  built=$(docker image inspect --format '{{with .Config.Labels}}{{index . "entente.airgap"}}{{end}}' "$1" | sed 's/<no value>//')
  [ -n "$built" ] || return 0
  case "$1" in
    postgres:*) holds=$(docker run --rm --network none --entrypoint postgres "$1" --version | grep -o '[0-9.]*' | head -1) ;;
    prom/prometheus:*) holds=$(docker run --rm --network none "$1" --version 2>&1 | sed -n 's/^prometheus, version \([0-9.]*\).*/\1/p') ;;
    *) echo "$built"; return ;;
  esac
  echo "holds $holds, the version that Debian has, where the name says ${1##*:}; $built"
}

# Whether a registry can be reached: asked once a run with one image, and remembered for an hour where it did not answer.
registry_answers() {
  if [ -z "${REGISTRY:-}" ]; then
    if [ -n "$(find "$STATE/no-registry" -mmin -60 2>/dev/null)" ]; then
      REGISTRY=no
    elif timeout 8 docker manifest inspect "$1" >/dev/null 2>"$STATE/registry.log"; then
      REGISTRY=yes; rm -f "$STATE/no-registry"
    else
      REGISTRY=no; touch "$STATE/no-registry"
      say "no registry answers; images are built here"
    fi
  fi
  [ "$REGISTRY" = yes ]
}
