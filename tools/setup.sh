# Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#
# Sourced by ./pteron, ./test and tests/extended, which have "set -euo pipefail" in force: what a build needs, and how Bazel is called.
# All but the closing count goes to standard error, so that the standard output of ./pteron is the program's.

# Debian 12's names. Bazel with the rule sets that it would otherwise fetch; the compiler; the libraries.
pteron_build_packages=(
  bazel-bootstrap bazel-platforms bazel-rules-java bazel-rules-proto bazel-skylib
  g++
  libabsl-dev libfmt-dev catch2 libbenchmark-dev libhwy-dev libcli11-dev nlohmann-json3-dev
)
# The second compiler and its run-time library.
pteron_extended_packages=(clang-14 libclang-rt-14-dev)

pteron_say() { echo "pteron: $*" >&2; }

# Prints those of the named packages that are not installed, one a line.
pteron_missing() {
  local installed package
  installed=$'\n'$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)$'\n'
  for package in "$@"; do
    [[ $installed == *$'\n'"$package installed"$'\n'* ]] || echo "$package"
  done
}

# apt-get's hundreds of lines are shown only where it fails.
pteron_apt() {
  local log status=0
  log=$(mktemp)
  DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends "$@" >"$log" 2>&1 || status=$?
  (( status == 0 )) || tail -n 20 "$log" >&2
  rm -f "$log"
  return "$status"
}

# pteron_require PACKAGE...: sees to it that the packages are installed, or ends the script with the names of those that are missing.
# PTERON_SKIP_SETUP=1 takes the user's word that everything is there (another distribution, libraries built by hand).
pteron_require() {
  [[ ${PTERON_SKIP_SETUP:-} == 1 ]] && return 0
  if ! command -v dpkg-query >/dev/null; then
    pteron_say "this is not Debian (no dpkg-query), so what is installed cannot be checked. Pteron builds with Debian 12's packages"
    pteron_say "    $*"
    pteron_say "With the same tools and libraries in place, PTERON_SKIP_SETUP=1 goes on without this check."
    exit 1
  fi
  local missing
  mapfile -t missing < <(pteron_missing "$@")
  (( ${#missing[@]} == 0 )) && return 0
  if ! command -v apt-get >/dev/null || (( EUID != 0 )); then
    local why="you are not root"
    command -v apt-get >/dev/null || why="there is no apt-get"
    pteron_say "these packages are missing, and $why, so they are not installed:"
    printf '    %s\n' "${missing[@]}" >&2
    pteron_say "As root: apt-get install --no-install-recommends ${missing[*]}"
    exit 1
  fi
  pteron_say "installing ${missing[*]} and what these need; on a bare system this takes some minutes"
  # An index that lacks a name or is out of date is fetched anew; a good one is left alone.
  if ! apt-get install -s -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
    pteron_say "fetching the package index"
    pteron_apt update || true
  fi
  if ! pteron_apt install "${missing[@]}"; then
    pteron_say "trying again with a new package index"
    pteron_apt update || true
    pteron_apt install "${missing[@]}" || true
  fi
  mapfile -t missing < <(pteron_missing "$@")
  (( ${#missing[@]} == 0 )) && return 0
  pteron_say "apt-get could not install these packages:"
  printf '    %s\n' "${missing[@]}" >&2
  exit 1
}

# pteron_bazel COMMAND ARGUMENT...: Bazel in the repository's root, without a progress display where nobody looks at a terminal.
pteron_bazel() {
  local command=$1
  shift
  local quiet=()
  [[ -t 2 ]] || quiet=(--noshow_progress --color=no)
  (cd "$pteron_root" && exec bazel "$command" "${quiet[@]}" "$@")
}

# pteron_test NAME BAZEL_ARGUMENT...: one run of test targets. Adds its counts to pteron_passed and pteron_failed, which the caller
# initialises, what failed to pteron_failures, and says how long it took. A run that ends in an error without a failed test counts as one
# failure.
pteron_test() {
  local name=$1 start=$SECONDS status=0 counts passed failed events line
  shift
  events=$(mktemp)
  pteron_say "$name: bazel test $*"
  pteron_bazel test --keep_going --build_event_json_file="$events" "$@" >&2 || status=$?
  counts=$(python3 "$pteron_root/tools/tally.py" "$events") || counts="0 1"
  rm -f "$events"
  {
    read -r passed failed
    while IFS= read -r line; do pteron_failures+=("$name: $line"); done
  } <<<"$counts"
  # 4: every test was left out by its tags, which is no failure; 3: tests failed, and are counted.
  if (( status != 0 && status != 4 && failed == 0 )); then
    pteron_failures+=("$name: bazel ended with status $status")
    failed=1
  fi
  pteron_passed=$(( pteron_passed + passed ))
  pteron_failed=$(( pteron_failed + failed ))
  pteron_say "$name: $passed test targets passed, $failed failed, $(( SECONDS - start )) s"
}

# pteron_step NAME COMMAND...: one more test that is no Bazel target. Status 77 of the command: skipped. Its lines are marked with the
# name, so that no count of its own is taken for the script's.
pteron_step() {
  local name=$1 start=$SECONDS status=0 outcome
  shift
  pteron_say "$name: $*"
  (cd "$pteron_root" && "$@") 2>&1 | sed "s/^/$name | /" >&2 || status=$?
  case $status in
    0) outcome=passed pteron_passed=$(( pteron_passed + 1 )) ;;
    77) outcome=skipped pteron_skipped=$(( pteron_skipped + 1 )) ;;
    *) outcome="failed (status $status)" pteron_failed=$(( pteron_failed + 1 )) pteron_failures+=("$name: status $status") ;;
  esac
  pteron_say "$name: $outcome, $(( SECONDS - start )) s"
}

# pteron_finish: prints what failed and, as the last line, the counts, and ends the script; failure unless something passed and nothing
# failed. A caller that adds up several scripts names a file in PTERON_TALLY: lines "counts PASSED FAILED SKIPPED" and "failure TEXT" go there
# and are not printed.
pteron_finish() {
  local line skipped=""
  if [[ -n ${PTERON_TALLY:-} ]]; then
    for line in "${pteron_failures[@]}"; do echo "failure $line"; done >>"$PTERON_TALLY"
    echo "counts $pteron_passed $pteron_failed $pteron_skipped" >>"$PTERON_TALLY"
  else
    for line in "${pteron_failures[@]}"; do echo "FAILED $line"; done
    (( pteron_skipped > 0 )) && skipped=", $pteron_skipped skipped"
    echo "$pteron_passed passed, $pteron_failed failed$skipped"
  fi
  (( pteron_failed == 0 && pteron_passed > 0 ))
  exit
}

# pteron_oracle ARGUMENT...: Pteron's helpers against those of real kernel headers, which tests/oracle/run fetches and compiles.
pteron_oracle() {
  local built
  [[ -x $pteron_root/tests/oracle/run ]] || return 0
  if ! pteron_bazel build --ui_event_filters=-info //tests/oracle:oracle_test >&2; then
    pteron_step "header oracle" false
    return
  fi
  built=$(pteron_bazel info bazel-bin 2>/dev/null)/tests/oracle/oracle_test
  pteron_step "header oracle" env PTERON_ORACLE_TEST="$built" tests/oracle/run "$@"
}
