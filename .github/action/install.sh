#!/usr/bin/env bash
# Puts escalate into a folder of the runner's: built from the action's own
# source, or the binary of a release, whose sum is checked. FROM, VERSION,
# ACTION and REPOSITORY come from action.yml.
set -euo pipefail

fail() { printf '::error title=escalate::%s\n' "$1"; exit 3; }

exe=
case ${RUNNER_OS:-$(uname -s)} in
  Linux) os=linux ;;
  macOS | Darwin) os=darwin ;;
  Windows) os=windows exe=.exe ;;
  *) fail 'there is no release for this system: set version to source' ;;
esac
case ${RUNNER_ARCH:-$(uname -m)} in
  X64 | x86_64) arch=amd64 ;;
  ARM64 | aarch64 | arm64) arch=arm64 ;;
  *) fail 'there is no release for this processor: set version to source' ;;
esac

folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/escalate.XXXXXX")
if [ "$FROM" = source ]; then
  (cd "$ACTION" && CGO_ENABLED=0 go build -trimpath -o "$folder/escalate$exe" ./cmd/escalate)
else
  [[ $VERSION =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail 'version is neither source nor a release such as v1.2.3'
  name=escalate_${os}_$arch.tar.gz
  for file in "$name" checksums.txt; do
    curl --fail --silent --show-error --location --retry 3 --output "$folder/$file" \
      "$GITHUB_SERVER_URL/$REPOSITORY/releases/download/$VERSION/$file" || fail "cannot download $file of release $VERSION"
  done
  if command -v sha256sum >/dev/null; then sum=sha256sum; else sum='shasum -a 256'; fi
  grep -E "^[0-9a-f]{64} [ *]$name\$" "$folder/checksums.txt" > "$folder/wanted" || fail "checksums.txt of release $VERSION does not name $name"
  (cd "$folder" && $sum --check --status wanted) || fail "$name of release $VERSION does not have the sum that checksums.txt says: it is not used"
  tar -xzf "$folder/$name" -C "$folder" "escalate$exe"
fi
echo "escalate=$folder/escalate$exe" >> "$GITHUB_OUTPUT"
