
2025-11-21 18:00  Open Orchard
  announcement opened @pnguyen @lps: New Escalation
  channel      create_channel
  channel      invite @pnguyen @jdoe @arivera
  channel      opened @pnguyen: Welcome to the escalation of Orchard Insurance, severity medium: The migration is three weeks behind
  channel      pin
  channel      topic
  tracking     assign @pnguyen
  tracking     label
  tracking     open_issue @pnguyen
  tracking     opened @pnguyen: Customer: Orchard Insurance

2025-11-28 12:00  An update
  channel      update: Update by Phuong Nguyen, 2025-11-28 11:55 UTC, to internal and customer:
  tracking     update: Update by Phuong Nguyen, 2025-11-28 11:55 UTC, to internal and customer:

2025-12-03 12:00  The project has ended
  announcement edit
  channel      account: The account changed: services project ended.
  channel      dri @pnguyen @jdoe @lps @mking: Jo Doe takes over from Phuong Nguyen as DRI.
  channel      edit
  channel      steps: Next steps, 0 of 1 done; changed: Second wave (Jo Doe, by 2025-12-05).
  channel      topic
  tracking     account: The account changed: services project ended.
  tracking     assign @jdoe
  tracking     dri @pnguyen @jdoe @lps @mking: Jo Doe takes over from Phuong Nguyen as DRI.
  tracking     edit @jdoe
  tracking     steps: Next steps, 0 of 1 done; changed: Second wave (Jo Doe, by 2025-12-05).

2025-12-04 12:00  the schedule asks
  channel      reminder @jdoe: Overdue since Wed 3 Dec 17:00 CET: the link of the case is pending. It is the turn of Jo Doe (DRI). It ends with the link of the case, under `links`.
  tracking     reminder: Overdue since Wed 3 Dec 17:00 CET: the link of the case is pending. It is the turn of Jo Doe (DRI). It ends with the link of the case, under `links`.

2025-12-04 14:00  There is a case
  announcement edit
  channel      bookmark
  channel      case: The case is https://crm.example.com/cases/8001.
  channel      edit
  tracking     case: The case is https://crm.example.com/cases/8001.
  tracking     edit @jdoe

2025-12-08 14:00  the schedule asks
  channel      reminder @jdoe: Overdue since Fri 5 Dec: a step of Jo Doe: Second wave. It is the turn of Jo Doe (DRI). It ends with the day on which it was `done`, or a new `due` date.
  tracking     reminder: Overdue since Fri 5 Dec: a step of Jo Doe: Second wave. It is the turn of Jo Doe (DRI). It ends with the day on which it was `done`, or a new `due` date.

2025-12-09 14:00  the schedule asks
  channel      invite @mking
  channel      reminder @mking @jdoe: Overdue since Fri 5 Dec: a step of Jo Doe: Second wave. It is the turn of Mika King (manager), with Jo Doe (DRI). It ends with the day on which it was `done`, or a new `due` date.
  tracking     reminder: Overdue since Fri 5 Dec: a step of Jo Doe: Second wave. It is the turn of Mika King (manager), with Jo Doe (DRI). It ends with the day on which it was `done`, or a new `due` date.

2025-12-10 14:00  the schedule asks
  channel      reminder @mking @jdoe: Overdue since Fri 5 Dec: a step of Jo Doe: Second wave. It is the turn of Mika King (manager), with Jo Doe (DRI). It ends with the day on which it was `done`, or a new `due` date.
  tracking     reminder: Overdue since Fri 5 Dec: a step of Jo Doe: Second wave. It is the turn of Mika King (manager), with Jo Doe (DRI). It ends with the day on which it was `done`, or a new `due` date.

2025-12-11 14:00  the schedule asks
  channel      reminder @mking @jdoe: Overdue since Fri 5 Dec: a step of Jo Doe: Second wave. It is the turn of Mika King (manager), with Jo Doe (DRI). It ends with the day on which it was `done`, or a new `due` date.
  tracking     reminder: Overdue since Fri 5 Dec: a step of Jo Doe: Second wave. It is the turn of Mika King (manager), with Jo Doe (DRI). It ends with the day on which it was `done`, or a new `due` date.

2025-12-12 12:00  Both teams are there
  channel      criteria: Exit criteria, 1 of 1 met; met now: Both waiting teams work on the hosted service.
  channel      edit
  channel      steps: Next steps, 1 of 1 done; done now: Second wave.
  channel      topic
  channel      update: Update by Jo Doe, 2025-12-12 11:55 UTC, to internal and customer:
  tracking     criteria: Exit criteria, 1 of 1 met; met now: Both waiting teams work on the hosted service.
  tracking     edit @jdoe
  tracking     steps: Next steps, 1 of 1 done; done now: Second wave.
  tracking     update: Update by Jo Doe, 2025-12-12 11:55 UTC, to internal and customer:

2025-12-12 14:00  Close Orchard
  announcement closed @jdoe: Escalation closed: Orchard Insurance (2025/orchard, severity medium)
  channel      archive
  channel      closed @jdoe: Escalation closed: Orchard Insurance (2025/orchard, severity medium)
  tracking     close_issue
  tracking     closed @jdoe: Escalation closed: Orchard Insurance (2025/orchard, severity medium)
  tracking     edit @jdoe

2026-01-13 10:00  Reopen Orchard
  announcement reopened @jdoe @mking @lps: Escalation reopened: Orchard Insurance (2025/orchard, severity medium)
  channel      bookmark
  channel      create_channel
  channel      criteria: Exit criteria, 1 of 2 met; new: No job is lost for ten days.
  channel      invite @jdoe @arivera @pnguyen
  channel      reopened @jdoe: Escalation reopened: Orchard Insurance (2025/orchard, severity medium)
  channel      steps: Next steps, 1 of 2 done; new: Watch the queue for ten days (Jo Doe, by 2026-01-23).
  channel      topic
  tracking     criteria: Exit criteria, 1 of 2 met; new: No job is lost for ten days.
  tracking     edit @jdoe
  tracking     reopen_issue
  tracking     reopened @jdoe: Escalation reopened: Orchard Insurance (2025/orchard, severity medium)
  tracking     steps: Next steps, 1 of 2 done; new: Watch the queue for ten days (Jo Doe, by 2026-01-23).

2026-01-23 15:00  Close Orchard for good
  announcement closed @jdoe: Escalation closed: Orchard Insurance (2025/orchard, severity medium)
  channel      archive
  channel      closed @jdoe: Escalation closed: Orchard Insurance (2025/orchard, severity medium)
  channel      steps: Next steps, 2 of 2 done; done now: Watch the queue for ten days.
  tracking     close_issue
  tracking     closed @jdoe: Escalation closed: Orchard Insurance (2025/orchard, severity medium)
  tracking     edit @jdoe
  tracking     steps: Next steps, 2 of 2 done; done now: Watch the queue for ten days.
