# Processes and steps of the test cloud.  Sourced by ./cloud and ./federation, which set $root.

note() { printf 'cloud %4d s  %s\n' $SECONDS "$*"; }

# give_up MESSAGE [LOG]: say what failed, with the end of the log at fault.
give_up() {
  note "FAILED: $1" >&2
  if [ -s "${2:-}" ]; then
    echo "--- the end of $2" >&2
    tail -n 30 "$2" >&2
  fi
  exit 1
}

alone() { # one script at a time works in $root
  mkdir -p "$root"/{etc,log,run,done,data} || exit 1
  exec 8>"$root/lock"
  flock -w 1200 8 || give_up "another $0 is busy in $root"
}

status() {
  local file name rc=0
  for file in "$root"/run/*; do
    [ -e "$file" ] || { echo "nothing runs in $root"; return 3; }
    name=${file##*/}
    if running "$name"; then echo "running  $name"; else echo "ended    $name, see $root/log/$name.log"; rc=1; fi
  done
  return $rc
}

# A process is known by its id and the clock tick it began at, since ids are given out again.
began() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  set -- ${stat##*) } # the name in parentheses may contain anything
  [ "$1" != Z ] && echo "${20}"
}

running() { # NAME
  local id tick
  read -r id tick 2>/dev/null <"$root/run/$1" && [ -n "$tick" ] && [ "$(began "$id")" = "$tick" ]
}

# launch NAME COMMAND...: in the background, in a session of its own, unless it is running.
launch() {
  local name=$1
  shift
  running "$name" && return
  setsid "$@" </dev/null >>"$root/log/$name.log" 2>&1 8>&- &
  echo "$! $(began $!)" >"$root/run/$name"
}

# halt NAME [SECONDS]: ask, then insist; never anything but what launch started.
halt() {
  local id tick tries=$((${2:-10} * 10))
  if running "$1"; then
    read -r id tick <"$root/run/$1"
    kill -TERM "$id"
    while running "$1" && [ $((tries--)) -gt 0 ]; do sleep 0.1; done
    running "$1" && kill -KILL -- "-$id"
  fi 2>/dev/null
  rm -f "$root/run/$1"
}

# await NAME SECONDS COMMAND...: until the command succeeds; gives up at once if the process has ended.
await() {
  local name=$1 limit=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    running "$name" || give_up "$name ended while it was starting" "$root/log/$name.log"
    [ $SECONDS -lt $limit ] || give_up "$name is not ready in time" "$root/log/$name.log"
    sleep 0.3
  done
}

# first_time STEP COMMAND...: done once for this folder, with its output in log/STEP.log.
first_time() {
  local step=$1
  shift
  [ ! -e "$root/done/$step" ] || return 0
  "$@" >"$root/log/$step.log" 2>&1 </dev/null || give_up "$step" "$root/log/$step.log"
  : >"$root/done/$step"
}

listens() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

answers() { # URL: anything but a server error
  local status
  status=$(curl -s -o /dev/null -m 10 -w '%{http_code}' "$1")
  [ "$status" -ge 200 ] && [ "$status" -lt 500 ]
}
