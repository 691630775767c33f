# shellcheck shell=bash
# Steps with their time, suites with their count, and one closing line. Sourced, never run.

logs=                # where the output of each step is kept
total=0              # tests passed, over all suites
failures=()          # names of what failed
running=             # process group of the step under way
leaving=:            # what else is undone when the script ends

report_begin() {
  logs=$1
  mkdir -p "$logs"
  trap 'report_leave' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

on_leaving() { leaving=$1; }

report_leave() {
  local status=$?
  trap - EXIT INT TERM HUP
  if [[ -n $running ]]; then kill -TERM -- "-$running" 2>/dev/null || true; fi
  "$leaving" || true
  exit "$status"
}

say() { printf '%5d s  %s\n' "$SECONDS" "$*"; }

log_of() { printf '%s/%s.log' "$logs" "$(tr -c '[:alnum:]\n' '-' <<<"$1")"; }

green() {
  local name
  for name in "${failures[@]:-}"; do
    if [[ $name == "$1" ]]; then return 1; fi
  done
}

# fail NAME REASON
fail() {
  say "FAILED  $1: $2"
  failures+=("$1")
}

# What this machine cannot have. CI has to have it.
absent() {
  say "skipped: $1"
  if [[ ${CI:-} == true ]]; then failures+=("$1"); fi
}

# In a process group of its own, so that an interrupt ends all of it, and with nothing to ask.
run_logged() {
  local log=$1 status=0
  shift
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  running=$!
  set +m
  wait "$running" || status=$?
  running=
  return "$status"
}

# try NAME COMMAND…: a step that may fail, because what follows says what that means.
try() {
  local name=$1 log from=$SECONDS status=0
  shift
  log=$(log_of "$name")
  say "$name …"
  run_logged "$log" "$@" || status=$?
  if (( status == 0 )); then
    say "$name: done in $((SECONDS - from)) s"
  else
    tail -n 20 "$log"
    say "$name: not possible (exit $status)"
  fi
}

# step NAME COMMAND…: goes on after a failure, which the closing lines repeat.
step() {
  local name=$1 log from=$SECONDS status=0
  shift
  log=$(log_of "$name")
  say "$name …"
  run_logged "$log" "$@" || status=$?
  if (( status == 0 )); then
    say "$name: ok in $((SECONDS - from)) s"
    return
  fi
  printf -- '--- the end of %s\n' "$log"
  tail -n 300 "$log"
  printf -- '---\n'
  fail "$name" "exit $status after $((SECONDS - from)) s"
}

# suite NAME RESULTS COMMAND…: a step whose log RESULTS turns into "passed failed skipped".
suite() {
  local name=$1 results=$2 passed failed skipped
  shift 2
  step "$name" "$@"
  green "$name" || return 0
  read -r passed failed skipped <<<"$("$results" "$(log_of "$name")")"
  if (( failed > 0 )); then
    fail "$name" "$failed failed, yet it ended with exit 0"
  elif (( passed == 0 )); then
    fail "$name" "it ran no tests"
  elif (( skipped > 0 )); then
    absent "$name: $skipped tests were skipped"
  fi
  green "$name" || return 0
  say "$name: $passed passed"
  total=$((total + passed))
}

# A line for each test program: "test result: ok. 12 passed; 0 failed; 0 ignored; …".
cargo_results() {
  awk '/^test result: / { passed += $4; failed += $6; ignored += $8 }
    END { print passed + 0, failed + 0, ignored + 0 }' "$1"
}

# Node's TAP closes with a line for each number.
node_results() {
  awk '/^# pass / { passed = $3 }
    /^# (fail|cancelled) / { failed += $3 }
    /^# (skipped|todo) / { skipped += $3 }
    END { print passed + 0, failed + 0, skipped + 0 }' "$1"
}

report_end() {
  local name
  if (( ${#failures[@]} > 0 )); then
    printf '\nNot good:\n'
    for name in "${failures[@]}"; do printf '  %s\n' "$name"; done
    exit 1
  fi
  if (( total > 0 )); then printf '%d passed, 0 failed\n' "$total"; fi
}
