#!/usr/bin/env bash
# Says whether escalate is built from the action's own source, or comes with a
# release. VERSION and ACTION come from action.yml.
set -euo pipefail

from=release
if [ "$VERSION" = source ]; then
  from=source
elif [ "$ACTION" -ef "$GITHUB_WORKSPACE" ]; then
  from=source # ./ in this repository
elif [ -z "$VERSION" ] && ! grep -q '^[0-9a-f]' "$ACTION/.github/action/sums"; then
  from=source # a commit that has the sums of no release, as a tag's
fi
echo "from=$from" >> "$GITHUB_OUTPUT"
