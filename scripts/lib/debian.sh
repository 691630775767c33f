# shellcheck shell=bash
# What the checks need from Debian and npm, installed where it is missing. Sourced, never run.

installed() {
  case $1 in
    compiler) command -v cc >/dev/null ;;
    postgresql) [[ -n $(postgres_bin) ]] ;;
    poppler) command -v pdftotext >/dev/null && command -v pdfinfo >/dev/null ;;
    chromium) [[ -n ${CHROMIUM:-} ]] || command -v chromium >/dev/null ;;
    node) command -v npm >/dev/null && node -e '
      const [major, minor] = process.versions.node.split(".").map(Number);
      process.exit(major > 18 || (major === 18 && minor >= 19) ? 0 : 1)' 2>/dev/null ;;
  esac
}

packages_of() {
  case $1 in
    compiler) echo gcc libc6-dev ;;
    postgresql) echo postgresql ;;
    poppler) echo poppler-utils ;;
    chromium) echo chromium fonts-dejavu-core fonts-liberation ;;
    node) echo nodejs npm ;;
  esac
}

as_root() {
  if (( EUID == 0 )); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -n "$@"
  else
    echo "not root, and no sudo: install by hand what is named below"
    echo "$*"
    return 1
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update || return
  local tool status=0
  for tool in "$@"; do
    if [[ $tool == postgresql ]]; then no_main_cluster; fi
    # shellcheck disable=SC2046 # a list of packages
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get -qq install --no-install-recommends $(packages_of "$tool") || status=$?
    if [[ $tool == postgresql ]]; then main_cluster_again; fi
  done
  return "$status"
}

# Debian's package would start a server of its own on the usual port.
readonly CLUSTER_SETTING=/etc/postgresql-common/createcluster.d/portal-tests.conf
no_main_cluster() {
  as_root mkdir -p "${CLUSTER_SETTING%/*}"
  echo "create_main_cluster = false" | as_root tee "$CLUSTER_SETTING" >/dev/null
}
main_cluster_again() { as_root rm -f "$CLUSTER_SETTING"; }

install_missing() {
  local tool missing=()
  for tool in "$@"; do
    if ! installed "$tool" && [[ " ${missing[*]:-} " != *" $tool "* ]]; then missing+=("$tool"); fi
  done
  if (( ${#missing[@]} == 0 )); then return; fi
  if ! command -v apt-get >/dev/null; then
    say "this is not Debian: ${missing[*]} must be installed by hand"
    return
  fi
  try "installing ${missing[*]}" apt_install "${missing[@]}"
}

# The packages of the browser tests, as their lock file says, without scripts of theirs.
npm_packages() {
  local lock=tests/browser/package-lock.json have=tests/browser/node_modules/.package-lock.json
  if [[ $have -nt $lock ]]; then return; fi
  try "npm packages of the browser tests" npm ci --prefix tests/browser \
    --ignore-scripts --no-audit --no-fund
  if [[ ! -e $have ]]; then
    absent "the npm packages of the browser tests cannot be had here"
    return 1
  fi
}
