#!/usr/bin/env bash
# bench/run.sh [--runs N] [--built] [--plan | --info | --unchanged] [SERVERS]...
#   Accounting on the sandbox beside a minimal client, signing, plans, and the site's information: the tables of
#   docs/performance.md. Default: 5 runs of each, 1000 10000 100000 1000000 servers. --built: take the release build that
#   is there. --plan: plans alone. --info: information alone. --unchanged: a sync of images that has nothing to do.
# Ends with 1 when more requests are made than allowed; times and memory are told, but depend on the machine.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh
projects=20 vos=23 runs=5 built= plan= info= unchanged= latency=10ms sizes=()
while [ $# -gt 0 ]; do
  case $1 in
    --runs) runs=$2 && shift ;;
    --built) built=1 ;;
    --plan) plan=1 ;;
    --info) info=1 ;;
    --unchanged) unchanged=1 ;;
    *[!0-9]* | '') sed -n '2,8s/^# *//p' "$0" >&2 && exit 2 ;;
    *) sizes+=("$1") ;;
  esac
  shift
done
[ ${#sizes[@]} -gt 0 ] || [ -n "$plan$info$unchanged" ] || sizes=(1000 10000 100000 1000000)

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
ensure_packages time
[ -n "$built" ] || ./build.sh release >&2
[ -n "$plan" ] || dotnet publish bench -c Release -r linux-x64 -v q -clp:ErrorsOnly >&2
fedsite=$PWD/artifacts/release/fedsite bench=$PWD/artifacts/publish/FedSite.Bench/release_linux-x64/FedSite.Bench
work=$PWD/artifacts/bench sandbox=
rm -rf "$work"
mkdir -p "$work"
stop() { [ -z "$sandbox" ] || { kill "$sandbox" && wait "$sandbox"; } 2>/dev/null || true; }
# Not earlier: a file system that has just deleted many files is slow to make new ones.
trap 'stop; rm -rf "$work"' EXIT

# cloud NAME SERVERS PROJECTS [OPTION]...: a new sandbox in $folder, and no other.
cloud() {
  stop
  folder=$work/$1
  mkdir "$folder"
  "$fedsite" sandbox run --servers "$2" --projects "$3" --users 50 --latency "$latency" --dir "$folder" --output json \
    "${@:4}" >"$folder/sandbox.json" 2>"$folder/sandbox.log" &
  sandbox=$!
  until grep -q '^}' "$folder/sandbox.json"; do
    kill -0 $sandbox 2>/dev/null || { cat "$folder/sandbox.log" >&2 && exit 1; }
    sleep 0.1
  done
}

# said FILE KEY: the value of a key of a JSON document; of several the last.
said() { sed -nE "s/.*\"$2\": \"?([^\",}]*).*/\1/p" "$1" | tail -n 1; }

# measured NAME COMMAND...: output in $out; a line with wall, user, system (s) and peak memory (kB) for each run in NAME.
# $differs: an exit code that is no failure.
measured() {
  local name=$1
  shift
  command time -q -a -o "$folder/$name" -f '%e %U %S %M' "$@" >"$out" 2>"$out.log" ||
    [ $? -eq "${differs:-0}" ] || { cat "$out.log" >&2 && exit 1; }
}

# extract RUN OPTION...: an extraction with a state and a spool of its own, of projects that have a tag or a property.
extract() {
  local run=$folder/$1
  shift
  mkdir "$run"
  sed -e '/^federation:/,/^accounting:/{/^accounting:/!d}' -e "s,$folder/\(spool\|state\),$run/\1,g" \
    "$folder/site.yaml" >"$run/site.yaml"
  "${measure[@]}" "$fedsite" accounting extract --kind cloud --config "$run/site.yaml" --output json "$@"
}

# median EXPRESSION NAME: of an awk expression over the runs.
median() { awk "{print $1}" "$folder/$2" | sort -n | awk '{v[NR] = $1} END {printf "%.2f", v[int((NR + 1) / 2)]}'; }
peak() { awk '$4 > most {most = $4} END {printf "%.0f", most * 1.024 / 1000}' "$folder/$1"; }

# plans WHAT EXIT: plans that are to end with this exit code; one line of the table.
plans() {
  local allowed=$((60 + 14 * vos)) requests differs=$2
  out=$folder/plan.out
  for _ in $(seq "$runs"); do
    measured "plan-$2" "$fedsite" plan --os-cloud sandbox-admin --config "$folder/site.yaml" --verbose
  done
  requests=$(grep -c ' FedSite.OpenStack: [A-Z]* http' "$out.log")
  [ "$requests" -le $allowed ] || exceeded=1
  echo "| $1 | $(median '$1' "plan-$2") | $(median '$2 + $3' "plan-$2") | $(peak "plan-$2") | $requests | $allowed |"
}

plan_vos() {
  cloud plan 0 $vos
  export OS_CLIENT_CONFIG_FILE=$folder/clouds.yaml
  echo "| plan of $vos VOs | wall, s | CPU, s | peak memory, MB | requests | allowed |"
  echo "| --- | ---: | ---: | ---: | ---: | ---: |"
  plans "from an empty Keystone" 4
  "$fedsite" apply --yes --os-cloud sandbox-admin --config "$folder/site.yaml" --quiet >/dev/null
  plans "nothing to do" 0
}

# inform LATENCY: what 14 VOs are offered; one line of the table.
inform() {
  local vos=14 allowed requests wall least differs=0 latency=$1
  allowed=$((12 + 8 * vos))
  cloud "info-$1" 1400 $vos --flavors 40 --images 200
  out=$folder/first.out
  "$fedsite" info publish --config "$folder/site.yaml" --verbose >"$out" 2>"$out.log" || { cat "$out.log" >&2 && exit 1; }
  requests=$(grep -cE ' (GET|POST|PUT) http[^ ]*: [0-9]{3} in ' "$out.log")
  [ "$requests" -le $allowed ] || exceeded=1
  for _ in $(seq "$runs"); do
    out=$folder/minimal.out
    measured minimal "$bench" inform "$(said "$folder/sandbox.json" keystone)" "$(said "$folder/sandbox.json" gocdb)" accounting sandbox
    out=$folder/product.out
    measured product "$fedsite" info show --config "$folder/site.yaml"
  done
  wall=$(median '$1' product) least=$(median '$1' minimal)
  echo "| $1 | $wall | $least | $(awk "BEGIN {printf \"%.2f\", $wall / $least}") | $(median '$2 + $3' product) |" \
    "$(median '$2 + $3' minimal) | $(peak product) | $(peak minimal) | $requests | $allowed |"
}

information() {
  echo "| time added to each answer | wall, s | minimal client | ratio | CPU, s | minimal client | peak memory, MB | minimal client | requests | allowed |"
  echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
  inform 10ms
  inform 50ms
}

# A sync of 200 images for 40 VOs that has nothing to do; allowed: 2 requests an image, 1 a repository, 20.
unchanged_images() {
  local images=200 vos=40 repositories=23 allowed requests differs=0
  allowed=$((2 * images + repositories + 20))
  cloud images 60 $vos --registry-images $images
  out=$folder/first.out
  "$fedsite" images sync --config "$folder/site.yaml" --quiet --output json >"$out"
  for _ in $(seq "$runs"); do
    out=$folder/product.out
    measured product "$fedsite" images sync --config "$folder/site.yaml" --output json
  done
  requests=$(said "$folder/product.out" requests)
  [ "$requests" -le $allowed ] || exceeded=1
  echo "| $images images, $vos VOs, $latency | wall, s | CPU, s | peak memory, MB | requests | allowed |"
  echo "| --- | ---: | ---: | ---: | ---: | ---: |"
  echo "| nothing to do | $(median '$1' product) | $(median '$2 + $3' product) | $(peak product) | $requests | $allowed |"
}

exceeded=0
if [ -n "$unchanged" ]; then
  unchanged_images
  exit $exceeded
fi
if [ -n "$info" ]; then
  information
  exit $exceeded
fi
if [ -n "$plan" ]; then
  plan_vos
  exit $exceeded
fi

echo "| servers | wall, s | minimal client | ratio | CPU, s | minimal client | peak memory, MB | minimal client | requests | allowed | user look-ups |"
echo "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
for servers in "${sizes[@]}"; do
  cloud "$servers" "$servers" $projects
  out=$folder/first.out measure=()
  extract first --verbose >"$out" 2>"$out.log" || { cat "$out.log" >&2 && exit 1; }
  lookups=$(grep -c 'GET http[^ ]*/v3/users/' "$out.log")
  requests=$(($(said "$out" requests) - lookups)) allowed=$((2 * ((servers + 999) / 1000) + 10 * projects + 60))
  [ $requests -le $allowed ] || exceeded=1
  measure=(measured product)
  for run in $(seq "$runs"); do
    out=$folder/minimal.out
    measured minimal "$bench" list "$(said "$folder/sandbox.json" keystone)" accounting sandbox
    out=$folder/product.out
    extract "$run"
  done
  wall=$(median '$1' product) least=$(median '$1' minimal)
  echo "| $servers | $wall | $least | $(awk "BEGIN {printf \"%.2f\", $wall / $least}") | $(median '$2 + $3' product) |" \
    "$(median '$2 + $3' minimal) | $(peak product) | $(peak minimal) | $requests | $allowed | $lookups |"
done

echo
echo "Messages of 700 kB a second of one core:" \
  "$("$bench" sign "$(said "$folder/sandbox.json" certificate)" "$(said "$folder/sandbox.json" key)" "$(said "$folder/sandbox.json" trust)")"
echo
plan_vos
echo
information
exit $exceeded
