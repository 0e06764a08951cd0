#!/usr/bin/env bash
# ./build.sh            builds artifacts/fedsite, which needs the .NET runtime of this machine
# ./build.sh release    builds artifacts/release/fedsite (Native AOT, needs no .NET) and a tarball of it
set -euo pipefail
cd "$(dirname "$0")"
. scripts/packages.sh
runtime=linux-x64
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: see README.md." >&2; exit 2; }

develop() {
  dotnet build FedSite.slnx -c Release -v q -clp:ErrorsOnly
  ln -sfn bin/FedSite.App/release/FedSite.App artifacts/fedsite
  echo "Built artifacts/fedsite: $(artifacts/fedsite --version)"
}

release() {
  local published=artifacts/publish/FedSite.App/release_$runtime version name
  ensure_packages gcc libc6-dev zlib1g-dev # what the AOT compiler links with
  dotnet publish src/FedSite.App -c Release -r $runtime -v q -clp:ErrorsOnly
  rm -rf artifacts/release
  mkdir -p artifacts/release
  cp "$published/FedSite.App" artifacts/release/fedsite
  cp -r "$published/libe_sqlite3.so" LICENSE README.md CHANGELOG.md docs artifacts/release/
  version=$(artifacts/release/fedsite --version | awk "{print \$NF}")
  name=fedsite-$version-$runtime
  tar -C artifacts -czf "artifacts/$name.tar.gz" --owner=0 --group=0 --transform "s,^release,$name," release
  echo "Built artifacts/release/fedsite: $version, $(du -h artifacts/release/fedsite | cut -f1); artifacts/$name.tar.gz"
}

case ${1:-} in
  '') develop ;;
  release) release ;;
  *) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
esac
