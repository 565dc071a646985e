#!/usr/bin/env bash
# pin.sh v1.2.3 writes the sums of a release into the action, and into the component
# for GitLab. It takes an archive
# only with the proof that the workflow release built it from that tag. It needs
# gh, logged in.
set -euo pipefail
cd "$(dirname "$0")"

release=${1:?say which release, such as v1.2.3}
repository=escalations-as-code/escalate
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
gh release download "$release" --repo "$repository" --pattern 'escalate_*.tar.gz' --dir "$folder"
if command -v sha256sum >/dev/null; then sum=sha256sum; else sum='shasum -a 256'; fi
grep '^#' sums > "$folder/sums"
for archive in "$folder"/escalate_*.tar.gz; do
  gh attestation verify "$archive" --repo "$repository" --source-ref "refs/tags/$release" \
    --signer-workflow "$repository/.github/workflows/release.yml" --deny-self-hosted-runners
  read -r found _ < <($sum "$archive")
  echo "$found  $release/${archive##*/}" >> "$folder/sums"
done
cp "$folder/sums" sums
script=(-e "s|^      default: v[0-9].*|      default: $release|")
while read -r found file; do
  case $file in
    */escalate_linux_*) script+=(-e "s|^        (SUM\|[0-9a-f]{64})  ${file##*/}\$|        $found  ${file##*/}|") ;;
  esac
done < sums
for component in ../../templates/escalate.yml ../../internal/starter/files/gitlab/component.yml; do
  sed -E "${script[@]}" "$component" > "$folder/component"
  cp "$folder/component" "$component"
done
