#!/usr/bin/env bash
# ./demo.sh    builds fedsite and shows the whole flow on the built-in sandbox. Needs the .NET 10 SDK and nothing else;
#              writes nothing outside artifacts/ (NuGet's package cache apart).
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: see README.md." >&2; exit 2; }

# The SDK's first-run files and all temporary ones go where they are seen; no build server stays behind.
rm -rf artifacts/demo
mkdir -p artifacts/demo
export NUGET_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages}
export TMPDIR=$PWD/artifacts/demo DOTNET_CLI_HOME=$PWD/artifacts/demo DOTNET_EnableDiagnostics=0
echo "Building (the first time takes a minute)..." >&2
# Analyzers are for those who change the code; a demonstration need not wait for them.
dotnet build src/FedSite.App -c Release -v q -clp:ErrorsOnly -m:1 -nr:false -p:RunAnalyzers=false -p:UseSharedCompilation=false
export HOME=$PWD/artifacts/demo
exec artifacts/bin/FedSite.App/release/FedSite.App demo --dir artifacts/demo/site "$@"
