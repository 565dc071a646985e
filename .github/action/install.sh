#!/usr/bin/env bash
# Puts escalate into a folder of the runner's: built from the action's own
# source, or the binary of the release whose sums stand in the file sums. Nothing
# that is downloaded says which sum is right: whoever pins a commit of the action
# pins the binary. FROM, COMMAND, VERSION, ACTION and REPOSITORY come from action.yml.
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
  export CGO_ENABLED=0
  cd "$ACTION"
  # With -trimpath, what another run built is used again, wherever the source lies. Of such
  # a build, `site` finds no source for the compose page's program: it has that in it.
  tags=''
  if [ "$COMMAND" = site ]; then
    go run ./cmd/escalate program cmd/escalate/embedded
    tags=embedded
  fi
  go build -trimpath -tags "$tags" -o "$folder/escalate$exe" ./cmd/escalate
else
  name=escalate_${os}_$arch.tar.gz
  release='' wanted=''
  while read -r sum file; do
    [[ $sum =~ ^[0-9a-f]{64}$ ]] || continue
    release=${file%%/*}
    [ "${file#*/}" != "$name" ] || wanted=$sum
  done < "$ACTION/.github/action/sums"
  [[ $release =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail 'this commit of the action has the sums of no release: use the commit that the page of the release names, or set version to source'
  [ "${VERSION:-$release}" = "$release" ] || fail "this commit of the action installs release $release, and no other: use the commit that the page of the other release names"
  [ -n "$wanted" ] || fail "release $release has no $name: set version to source"
  curl --fail --silent --show-error --location --retry 3 --output "$folder/$name" \
    "$GITHUB_SERVER_URL/$REPOSITORY/releases/download/$release/$name" || fail "cannot download $name of release $release"
  if command -v sha256sum >/dev/null; then check=sha256sum; else check='shasum -a 256'; fi
  (cd "$folder" && echo "$wanted  $name" | $check --check --status) || fail "$name of release $release does not have the sum that this commit of the action names: it is not used"
  tar -xzf "$folder/$name" -C "$folder" "escalate$exe"
fi
echo "escalate=$folder/escalate$exe" >> "$GITHUB_OUTPUT"
