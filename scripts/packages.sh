# Sourced by build.sh, test.sh and test/cloud: Debian packages, installed only when missing.

# ensure_packages NAME...: without questions, and without letting a package start its daemon.
ensure_packages() {
  local missing=() name log status=1 try policy=/usr/sbin/policy-rc.d made=
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "Missing Debian packages: ${missing[*]}. Run again as root, or: apt-get install ${missing[*]}" >&2
    return 1
  fi
  echo "Installing ${#missing[@]} Debian packages: ${missing[*]}" >&2
  log=$(mktemp)
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    made=1
  fi
  for try in 1 2 3; do # a mirror may be busy
    if apt-get -q -o DPkg::Lock::Timeout=900 update >>"$log" 2>&1 &&
      DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends -o DPkg::Lock::Timeout=900 \
        -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-unsafe-io "${missing[@]}" </dev/null >>"$log" 2>&1; then
      status=0
      break
    fi
    sleep $((try * 5))
  done
  [ -z "$made" ] || rm -f $policy
  [ $status = 0 ] || { echo "Installing packages failed; the end of apt's output:" >&2; tail -n 25 "$log" >&2; }
  rm -f "$log"
  return $status
}
