#!/usr/bin/env bash
# bench/images.sh [--runs N] [--size GIB]
#   One image from the test registry into the test cloud's Glance, by `fedsite images sync` of the release build and by
#   curl | tee >(sha512sum) | curl: the table of docs/performance.md. Default: 3 runs of each, 4 GiB.
#   Needs `test/cloud/cloud up`, `test/cloud/registry up` and the release build; room for six times the image.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh
runs=3 size=4
while [ $# -gt 0 ]; do
  case $1 in
    --runs) runs=$2 && shift ;;
    --size) size=$2 && shift ;;
    *) sed -n '2,5s/^# *//p' "$0" >&2 && exit 2 ;;
  esac
  shift
done
ensure_packages time curl jq openssl qemu-utils
fedsite=$PWD/artifacts/release/fedsite work=$PWD/artifacts/bench-images
[ -x "$fedsite" ] || ./build.sh release >&2
said() { jq -r "$1" "$(test/cloud/cloud description)"; }
keystone=$(said .keystone) password=$(said .accounts.admin.password)
registry=$(jq -r .open "$(test/cloud/registry description)") repository=bench/image
rm -rf "$work"
mkdir -p "$work"

login() {
  curl -sSf -D - -o "$work/token.json" -H 'Content-Type: application/json' "$keystone/auth/tokens" -d '{"auth": {"identity":
    {"methods": ["password"], "password": {"user": {"name": "admin", "domain": {"id": "default"}, "password": "'"$password"'"}}},
    "scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}' | tr -d '\r' | sed -n 's/^x-subject-token: //Ip'
}
token=$(login)
glance=$(jq -r '[.token.catalog[] | select(.type == "image").endpoints[] | select(.interface == "public").url][0]' "$work/token.json")/v2/images

# What the runs made, and nothing else.
clean() {
  curl -sS -H "X-Auth-Token: $token" "$glance?tag=fedsite-bench&limit=100" | jq -r '.images[].id' |
    while read -r id; do curl -sS -X DELETE -H "X-Auth-Token: $token" "$glance/$id"; done
  curl -sS -H "X-Auth-Token: $token" "$glance?tag=fedsite&fedsite_site=BENCH&limit=100" | jq -r '.images[].id' |
    while read -r id; do curl -sS -X DELETE -H "X-Auth-Token: $token" "$glance/$id"; done
}
trap 'clean; rm -rf "$work"' EXIT

echo "Making an image of $size GiB..." >&2
openssl enc -aes-128-ctr -pass pass:fedsite -nosalt </dev/zero 2>/dev/null | head -c "${size}G" >"$work/disk.raw" || true
qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$work/disk.qcow2"
rm "$work/disk.raw"
digest=sha256:$(sha256sum <"$work/disk.qcow2" | cut -d' ' -f1) bytes=$(stat -c %s "$work/disk.qcow2")

# push FILE DIGEST: a blob.
push() {
  local place
  place=$(curl -sSf -X POST -D - -o /dev/null "$registry/v2/$repository/blobs/uploads/" | tr -d '\r' | sed -n 's/^location: //Ip')
  curl -sSf -T "$1" -H 'Content-Type: application/octet-stream' "$place&digest=$2"
}
push "$work/disk.qcow2" "$digest"
printf '{}' >"$work/empty"
push "$work/empty" sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
cat >"$work/manifest" <<END
{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": {"mediaType":
"application/vnd.oci.empty.v1+json", "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
"size": 2}, "layers": [{"mediaType": "application/x-qemu-disk", "digest": "$digest", "size": $bytes, "annotations":
{"org.openstack.glance.disk_format": "qcow2"}}]}
END
curl -sSf -T "$work/manifest" -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' "$registry/v2/$repository/manifests/1"
rm "$work/disk.qcow2"

by_hand() {
  local id
  id=$(curl -sSf -H "X-Auth-Token: $token" -H 'Content-Type: application/json' "$glance" \
    -d '{"name": "bench", "disk_format": "qcow2", "container_format": "bare", "tags": ["fedsite-bench"]}' | jq -r .id)
  command time -a -o "$work/hand" -f '%e %U %S %M' bash -c 'set -o pipefail
    curl -sSf "$1" | tee >(sha512sum >/dev/null) |
      curl -sSf -T - -H "X-Auth-Token: $2" -H "Content-Type: application/octet-stream" "$3"' \
    - "$registry/v2/$repository/blobs/$digest" "$token" "$glance/$id/file"
  clean
}

by_product() {
  rm -rf "$work/state"
  cat >"$work/site.yaml" <<END
site: {name: BENCH}
openstack: {auth: {auth_url: "$keystone", username: admin, password: "$password", user_domain_name: Default, project_name: admin, project_domain_name: Default}}
vos: [{name: vo.alpha.example, projects: [alpha]}]
images: {cache: "$work/cache", sources: [{registry: "$registry", project: bench}]}
state: "$work/state"
END
  command time -a -o "$work/product" -f '%e %U %S %M' "$fedsite" images sync --config "$work/site.yaml" --quiet >"$work/out"
  clean
}

for _ in $(seq "$runs"); do
  by_hand
  by_product
done
median() { awk "{print $1}" "$work/$2" | sort -n | awk '{v[NR] = $1} END {printf "%.2f", v[int((NR + 1) / 2)]}'; }
wall=$(median '$1' product) hand=$(median '$1' hand)
echo "| $bytes bytes | wall, s | MB/s | CPU, s | peak memory, MB |"
echo "| --- | ---: | ---: | ---: | ---: |"
for who in hand product; do
  echo "| $who | $(median '$1' $who) | $(awk "BEGIN {printf \"%.0f\", $bytes / 1e6 / $(median '$1' $who)}") | $(median '$2 + $3' $who) | $(awk '$4 > most {most = $4} END {printf "%.0f", most * 1.024 / 1000}' "$work/$who") |"
done
awk "BEGIN {share = 100 * $hand / $wall; printf \"Throughput: %.0f %% of curl's (80 are demanded).\n\", share; exit share < 80}"
