# The images: present, pulled, built, or said not to be had.
BASE=entente/airgap-base
FAILED=$STATE/failed
. ./recipes.sh

# images_present GROUP...: has every image of the groups, and prints what became of each. What failed stands in $FAILED.
images_present() {
  local image group recipe reason missing=() needs_base=
  : >"$FAILED"
  while read -r image group recipe reason; do
    [[ " $* " == *" $group "* ]] || continue
    if present "$image"; then
      row present "$image" "$(megabytes "$image")" 0 "$(remark "$image")"
    elif registry_answers "$image" && quietly "pull" docker pull "$image"; then
      row pulled "$image" "$(megabytes "$image")" "-"
    elif [ "$recipe" = none ]; then
      row cannot "$image" - - "be built: $reason"
    else
      missing+=("$image=$recipe")
    fi
  done < <(grep -v '^#' images.list)
  [ "${#missing[@]}" -gt 0 ] || return 0
  gather "${missing[@]}"
  for one in "${missing[@]}"; do
    build "${one%%=*}" "${one#*=}"
  done
}

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
remark() { docker image inspect --format '{{with .Config.Labels}}{{index . "entente.airgap"}}{{end}}' "$1" | sed 's/<no value>//'; }

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
