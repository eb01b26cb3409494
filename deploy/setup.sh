#!/usr/bin/env bash
# Bring this checkout to where it can run (or, with --test, be tested). Safe to call again and
# again: each step looks first and does nothing when its work is done.
set -euo pipefail
cd "$(dirname "$0")/.."

# Downloads stay inside the checkout.
export UV_CACHE_DIR="$PWD/var/cache/uv" PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

want_tests=false
[ "${1:-}" = "--test" ] && want_tests=true

stop() {
  echo "setup: $*" >&2
  exit 1
}

mkdir -p var
log=var/setup.log
quietly() { "$@" >>"$log" 2>&1; } # what a tool says goes to the log; people get one sentence

# tesseract reads documents; fonts-ocr-b (free) draws the demo's specimens.
declare -A package_of=([tesseract]=tesseract-ocr)
$want_tests && package_of[chromium]=chromium

# Where Debian keeps ldconfig, outside an ordinary user's PATH.
PATH="$PATH:/usr/sbin:/sbin"

missing_packages() {
  local command
  for command in "${!package_of[@]}"; do
    command -v "$command" >/dev/null || echo "${package_of[$command]}"
  done
  [ -e /usr/share/fonts/opentype/ocr-b/OCRBE.otf ] || echo fonts-ocr-b
  # mediapipe loads these two even where it computes on the processor alone.
  ldconfig -p | grep libGLESv2.so.2 >/dev/null || echo libgles2
  ldconfig -p | grep libEGL.so.1 >/dev/null || echo libegl1
  # LightGBM and tesseract compute in several threads with it.
  ldconfig -p | grep libgomp.so.1 >/dev/null || echo libgomp1
  # The Node.js that Playwright brings.
  ! $want_tests || ldconfig -p | grep libatomic.so.1 >/dev/null || echo libatomic1
  python3.11 -c 'import ensurepip, venv' 2>/dev/null || [ -x .venv/bin/python ] || echo python3.11-venv
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_packages() {
  local packages=("$@")
  if ! command -v apt-get >/dev/null; then
    stop "please install these with your package manager, then run this again: ${packages[*]}"
  fi
  if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    stop "please run this once, then start again: sudo apt-get install ${packages[*]}"
  fi
  echo "setup: installing system packages: ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  if ! { quietly as_root apt-get update && quietly as_root apt-get install -y --no-install-recommends "${packages[@]}"; }; then
    stop "apt-get could not install ${packages[*]}; is there a network? What it said is in $log."
  fi
}

command -v python3.11 >/dev/null || stop "Python 3.11 is needed (python3.11 was not found)."

free_kb=$(df -Pk . | awk 'NR == 2 {print $4}')
if [ ! -x .venv/bin/python ] && [ "$free_kb" -lt 4000000 ]; then
  stop "4 GB of free disk are needed here and $((free_kb / 1000)) MB are left."
fi

mapfile -t packages < <(missing_packages | sort -u)
[ "${#packages[@]}" -eq 0 ] || install_packages "${packages[@]}"

install_requirements() { # FILE: installs it unless the very same file was installed last time
  local file=$1
  local stamp=".venv/.installed-${file%.txt}"
  cmp -s "$file" "$stamp" && return
  echo "setup: installing $file"
  # --no-deps: the file is the complete, tested set; the resolver would bring back a second OpenCV.
  if ! quietly .venv/bin/uv pip install --python .venv/bin/python --no-deps -r "$file"; then
    stop "the packages of $file could not be installed; is there a network? What happened is in $log."
  fi
  cp "$file" "$stamp"
}

if [ ! -x .venv/bin/uv ]; then
  echo "setup: making .venv"
  quietly python3.11 -m venv .venv || stop "the virtual environment could not be made; see $log."
  if ! quietly .venv/bin/pip install "$(grep -o '^uv==[^ ]*' requirements.txt)"; then
    rm -rf .venv
    stop "no package registry could be reached; is there a network? What pip said is in $log."
  fi
fi
install_requirements requirements.txt
if $want_tests; then install_requirements requirements-test.txt; fi

.venv/bin/python -m fraudsite.local.env_file
models=${FRAUDSITE_MODELS_DIR:-var/models}
# Each file's sha256 is compared once, and again when a file, its folder or the list has changed.
fetched=$models/.fetched
if [ ! -e "$fetched" ] || [ -n "$(find "$models" kyc/vision/weights* -newer "$fetched" -not -path "$models" -not -path '*/scoring-demo-*' -not -name 'mrz-letters*.npz*' -print -quit)" ]; then
  .venv/bin/python manage.py fetch_models
  touch "$fetched"
fi
# The reader of single letters is taught here, half a minute once: no weights are kept in the repository.
# Beside what follows, which leaves a core free.
teaching=
if [ ! -e "$models/mrz-letters-26x24.npz" ]; then
  echo "setup: teaching the reader of letters, about half a minute"
  .venv/bin/python -W ignore manage.py train_mrz_letters >>"$log" 2>&1 &
  teaching=$!
  trap 'kill "$teaching" 2>/dev/null || true' EXIT
fi
# Also compiles the features, so that nobody's first payment waits for that. Not looked at again
# while nothing that it is made from is younger.
demo_model() { find "$models" -path '*/scoring-demo-*/manifest.json' 2>/dev/null | head -n 1; }
if [ -z "$(demo_model)" ] || [ -n "$(find scoring transactions -name '*.py' -newer "$(demo_model)" -print -quit)" ]; then
  .venv/bin/python manage.py train_demo_model
  touch "$(demo_model)"
fi
[ -z "$teaching" ] || wait "$teaching" || stop "the reader of letters could not be taught; why is in $log."
