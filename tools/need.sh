# What ./demo and ./test need of a machine: looked for, installed from Debian's packages where that can be done, and
# named plainly where it cannot. Sourced, not run.

say() { printf '%s\n' "$*" >&2; }

# Where Cargo builds, unless the caller has said: outside the clone, kept between clones.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/lifestory/target}"

# Cargo goes by when files changed and not by where they lie: what another clone built there last would be run as if it
# were this one's, with that one's folders in it.
if [ "$(cat "$CARGO_TARGET_DIR/built-from" 2>/dev/null || true)" != "$PWD" ]; then
  find crates benches packs assets tools docs -type f -exec touch {} +
  mkdir -p "$CARGO_TARGET_DIR"
  printf '%s\n' "$PWD" >"$CARGO_TARGET_DIR/built-from"
fi

missing=()

# lacks "what and how to get it": noted, so that everything missing is said at once.
lacks() { missing+=("$1"); }

stop_if_missing() {
  [ ${#missing[@]} -eq 0 ] && return
  say "This is missing:"
  printf '  - %s\n' "${missing[@]}" >&2
  exit 1
}

# at_least WANTED FOUND: whether a version such as 1.95 is reached.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

can_install() {
  [ -r /etc/debian_version ] && command -v apt-get >/dev/null || return 1
  [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# install_packages PACKAGE…: true if Debian's packages are there afterwards.
install_packages() {
  can_install || return 1
  say "Installing from Debian: $*"
  # The lists may be missing or old: fetch them only if the first try fails.
  apt_install "$@" || { as_root apt-get update -qq >&2 && apt_install "$@"; }
}

need_rust() {
  local wanted=1.95 found
  if ! command -v cargo >/dev/null || ! found="$(rustc --version 2>/dev/null)"; then
    lacks "Rust $wanted or later: see rustup.rs (Debian's own is too old)"
    return
  fi
  found="$(cut -d' ' -f2 <<<"$found")"
  at_least "$wanted" "$found" || lacks "Rust $wanted or later, and this is $found: 'rustup update' (Debian's own is too old)"
  command -v cc >/dev/null || install_packages gcc libc6-dev ||
    lacks "a C compiler as 'cc', for SQLite: gcc or clang from your system's packages"
}

# need_node VERSION
need_node() {
  local wanted="$1" found
  { command -v node && command -v npm; } >/dev/null || install_packages nodejs npm || true
  if ! { command -v node && command -v npm; } >/dev/null; then
    lacks "Node $wanted or later, with npm: from your system's packages or nodejs.org"
    return
  fi
  found="$(node --version)"
  at_least "$wanted" "${found#v}" || lacks "Node $wanted or later, and this is ${found#v}: see nodejs.org"
}

# npm_ci FOLDER: what its lock file says, if that is not there already. No package runs a script of its own.
npm_ci() {
  local kept="$1/node_modules/.package-lock.json"
  if [ ! -f "$kept" ] || [ "$kept" -ot "$1/package-lock.json" ]; then
    say "Fetching the packages of $1/"
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund >&2)
  fi
}
