#!/usr/bin/env bash
# Runs one command of escalate as a job of GitHub Actions does it. ESCALATE,
# COMMAND, BASE, DIR and FLAGS come from action.yml.
set -uo pipefail

# shellcheck disable=SC2153 # it comes from action.yml
read -r -a flags <<< "$FLAGS"
args=(--dir "$DIR" ${flags[@]+"${flags[@]}"})
case $BASE in # a branch of the event, as the checkout has it
  refs/heads/*) BASE=refs/remotes/origin/${BASE#refs/heads/} ;;
esac
code=0
case $COMMAND in
  lint) # prints annotations, and writes the job summary itself
    "$ESCALATE" lint ${BASE:+--base "$BASE"} "${args[@]}" || code=$?
    ;;
  plan)
    comment=
    [ "$GITHUB_EVENT_NAME" != pull_request ] || comment=--comment
    "$ESCALATE" plan ${BASE:+--base "$BASE"} $comment --format markdown "${args[@]}" >> "$GITHUB_STEP_SUMMARY" || code=$?
    ;;
  apply) # writes the job summary itself
    "$ESCALATE" apply "${args[@]}" || code=$?
    ;;
  stale) # reminds, and writes the job summary itself
    "$ESCALATE" stale --apply "${args[@]}" || code=$?
    ;;
  bot) # answers where something is asked for; what it tells, the job summary has
    "$ESCALATE" bot "${args[@]}" || code=$?
    ;;
  site) # into the folder site; whether that may be published, it says to the steps after it
    "$ESCALATE" site --output site --pages "${args[@]}" || code=$?
    ;;
  *)
    echo '::error title=escalate::command is none of lint, plan, apply, stale, bot and site'
    code=2
    ;;
esac
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
exit "$code"
