#!/usr/bin/env bash
# bench/run.sh [--runs N] [--built] [SERVERS]...
#   Accounting on the sandbox beside a minimal client, and signing: the tables of docs/performance.md.
#   Default: 5 runs of each, 1000 10000 100000 1000000 servers. --built: take the release build that is there.
# Ends with 1 when more requests are made than allowed; times and memory are told, but depend on the machine.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh
projects=20 runs=5 built= sizes=()
while [ $# -gt 0 ]; do
  case $1 in
    --runs) runs=$2 && shift ;;
    --built) built=1 ;;
    *[!0-9]* | '') sed -n '2,5s/^# *//p' "$0" >&2 && exit 2 ;;
    *) sizes+=("$1") ;;
  esac
  shift
done
[ ${#sizes[@]} -gt 0 ] || sizes=(1000 10000 100000 1000000)

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
ensure_packages time
[ -n "$built" ] || ./build.sh release >&2
dotnet publish bench -c Release -r linux-x64 -v q -clp:ErrorsOnly >&2
fedsite=$PWD/artifacts/release/fedsite bench=$PWD/artifacts/publish/FedSite.Bench/release_linux-x64/FedSite.Bench
work=$PWD/artifacts/bench sandbox=
rm -rf "$work"
mkdir -p "$work"
stop() { [ -z "$sandbox" ] || { kill "$sandbox" && wait "$sandbox"; } 2>/dev/null || true; }
# Not earlier: a file system that has just deleted many files is slow to make new ones.
trap 'stop; rm -rf "$work"' EXIT

# cloud SERVERS: a new sandbox in $folder, and no other.
cloud() {
  stop
  folder=$work/$1
  mkdir "$folder"
  "$fedsite" sandbox run --servers "$1" --projects $projects --users 50 --latency 10ms --dir "$folder" --output json \
    >"$folder/sandbox.json" 2>"$folder/sandbox.log" &
  sandbox=$!
  until grep -q '^}' "$folder/sandbox.json"; do
    kill -0 $sandbox 2>/dev/null || { cat "$folder/sandbox.log" >&2 && exit 1; }
    sleep 0.1
  done
}

# said FILE KEY: the value of a key of a JSON document; of several the last.
said() { sed -nE "s/.*\"$2\": \"?([^\",}]*).*/\1/p" "$1" | tail -n 1; }

# measured NAME COMMAND...: output in $out; a line with wall, user, system (s) and peak memory (kB) for each run in NAME.
measured() {
  local name=$1
  shift
  command time -a -o "$folder/$name" -f '%e %U %S %M' "$@" >"$out" 2>"$out.log" || { cat "$out.log" >&2 && exit 1; }
}

# extract RUN OPTION...: an extraction with a state and a spool of its own.
extract() {
  local run=$folder/$1
  shift
  mkdir "$run"
  sed "s,$folder/\(spool\|state\),$run/\1,g" "$folder/site.yaml" >"$run/site.yaml"
  "${measure[@]}" "$fedsite" accounting extract --kind cloud --config "$run/site.yaml" --output json "$@"
}

# median EXPRESSION NAME: of an awk expression over the runs.
median() { awk "{print $1}" "$folder/$2" | sort -n | awk '{v[NR] = $1} END {printf "%.2f", v[int((NR + 1) / 2)]}'; }
peak() { awk '$4 > most {most = $4} END {printf "%.0f", most * 1.024 / 1000}' "$folder/$1"; }

echo "| servers | wall, s | minimal client | ratio | CPU, s | minimal client | peak memory, MB | minimal client | requests | allowed | user look-ups |"
echo "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
exceeded=0
for servers in "${sizes[@]}"; do
  cloud "$servers"
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
exit $exceeded
