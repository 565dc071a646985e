
2025-11-21 18:00  Open Harbor
  announcement opened @arivera @dpatel @vsales @vproduct @cro @vcs @rking: New Escalation
  channel      create_channel
  channel      invite @arivera @dpatel
  channel      opened @arivera @dpatel: Welcome to the escalation of Harbor Freight Lines, severity critical: No release since the upgrade, and their board asks whether to leave
  channel      pin
  channel      topic
  tracking     assign @arivera
  tracking     label
  tracking     open_issue @arivera @dpatel
  tracking     opened @arivera @dpatel: Customer: Harbor Freight Lines

2025-11-21 20:00  Kit is the CSE, and there is a case
  announcement edit
  channel      account @kwong: The account changed: CSE Kit Wong. Concerned from now on: Kit Wong (CSE).
  channel      bookmark
  channel      case: The case is https://crm.example.com/cases/7002.
  channel      edit
  channel      invite @kwong
  channel      update: Update by Kit Wong, 2025-11-21 19:50 UTC, to internal and customer:
  tracking     account @kwong: The account changed: CSE Kit Wong. Concerned from now on: Kit Wong (CSE).
  tracking     case: The case is https://crm.example.com/cases/7002.
  tracking     edit @arivera @dpatel
  tracking     update: Update by Kit Wong, 2025-11-21 19:50 UTC, to internal and customer:

2025-11-22 16:00  the schedule asks
  channel      reminder @kwong @arivera: Due by Sat 22 Nov: the channel has heard nothing since Fri 21 Nov 20:50. It is the turn of Kit Wong (CSE), with Ana Rivera (DRI). It ends with an update.
  tracking     reminder: Due by Sat 22 Nov: the channel has heard nothing since Fri 21 Nov 20:50. It is the turn of Kit Wong (CSE), with Ana Rivera (DRI). It ends with an update.

2025-11-22 20:00  the schedule asks
  channel      invite @vsales
  channel      reminder @vsales @arivera: Overdue since Sat 22 Nov 19:00 CET: there is no standup series. It is the turn of Val Ortega (manager), with Ana Rivera (DRI). It ends with a standup series, under `standup`.
  tracking     reminder: Overdue since Sat 22 Nov 19:00 CET: there is no standup series. It is the turn of Val Ortega (manager), with Ana Rivera (DRI). It ends with a standup series, under `standup`.

2025-11-23 00:00  the schedule asks
  channel      invite @lcse
  channel      reminder @lcse @kwong @arivera: Overdue since Sat 22 Nov: the channel has heard nothing since Fri 21 Nov 20:50. It is the turn of Lia Costa (CSE leader), with Kit Wong (CSE) and Ana Rivera (DRI). It ends with an update.
  channel      reminder @lcse @kwong @arivera: Overdue since Sat 22 Nov: the customer has heard nothing since Fri 21 Nov 20:50. It is the turn of Lia Costa (CSE leader), with Kit Wong (CSE) and Ana Rivera (DRI). It ends with an update to the customer.
  channel      reminder @vsales @arivera: Overdue since Sat 22 Nov 19:00 CET: there is no standup series. It is the turn of Val Ortega (manager), with Ana Rivera (DRI). It ends with a standup series, under `standup`.
  tracking     reminder: Overdue since Sat 22 Nov 19:00 CET: there is no standup series. It is the turn of Val Ortega (manager), with Ana Rivera (DRI). It ends with a standup series, under `standup`.
  tracking     reminder: Overdue since Sat 22 Nov: the channel has heard nothing since Fri 21 Nov 20:50. It is the turn of Lia Costa (CSE leader), with Kit Wong (CSE) and Ana Rivera (DRI). It ends with an update.
  tracking     reminder: Overdue since Sat 22 Nov: the customer has heard nothing since Fri 21 Nov 20:50. It is the turn of Lia Costa (CSE leader), with Kit Wong (CSE) and Ana Rivera (DRI). It ends with an update to the customer.

2025-11-23 10:00  Rolled back; Support is called in
  announcement edit
  channel      edit
  channel      invite @tmora
  channel      steps: Next steps, 1 of 2 done; done now: Roll back with the customer; new: Find the cause in our lab (Tomás Mora, by 2025-11-25).
  channel      support @tmora: Support is called in: Tomás Mora, @support-manager-oncall; tickets: https://support.example.com/tickets/9001
  channel      topic
  channel      update: Update by Kit Wong, 2025-11-23 09:55 UTC, to internal and customer:
  tracking     edit @arivera @dpatel @tmora
  tracking     steps: Next steps, 1 of 2 done; done now: Roll back with the customer; new: Find the cause in our lab (Tomás Mora, by 2025-11-25).
  tracking     support @tmora: Support is called in: Tomás Mora, @support-manager-oncall; tickets: https://support.example.com/tickets/9001
  tracking     update: Update by Kit Wong, 2025-11-23 09:55 UTC, to internal and customer:

2025-11-24 02:00  the schedule asks
  channel      reminder @vsales @arivera: Overdue since Sat 22 Nov 19:00 CET: there is no standup series. It is the turn of Val Ortega (manager), with Ana Rivera (DRI). It ends with a standup series, under `standup`.
  tracking     reminder: Overdue since Sat 22 Nov 19:00 CET: there is no standup series. It is the turn of Val Ortega (manager), with Ana Rivera (DRI). It ends with a standup series, under `standup`.

2025-11-24 14:00  the schedule asks
  channel      reminder @kwong @arivera: Due by Mon 24 Nov: the channel has heard nothing since Sun 23 Nov 10:55. It is the turn of Kit Wong (CSE), with Ana Rivera (DRI). It ends with an update.
  tracking     reminder: Due by Mon 24 Nov: the channel has heard nothing since Sun 23 Nov 10:55. It is the turn of Kit Wong (CSE), with Ana Rivera (DRI). It ends with an update.

2025-11-24 16:00  Bora stands in for Ana
  channel      dri @arivera @bkim @vsales: Bora Kim stands in for Ana Rivera as DRI until 2025-12-01: Ana is on leave
  channel      edit
  channel      invite @bkim
  channel      update: Update by Kit Wong, 2025-11-24 15:55 UTC, to internal and customer:
  tracking     dri @arivera @bkim @vsales: Bora Kim stands in for Ana Rivera as DRI until 2025-12-01: Ana is on leave
  tracking     edit @arivera @dpatel @tmora @bkim
  tracking     update: Update by Kit Wong, 2025-11-24 15:55 UTC, to internal and customer:

2025-11-25 00:00  the schedule asks
  channel      reminder @vsales @bkim: Overdue since Sat 22 Nov 19:00 CET: there is no standup series. It is the turn of Val Ortega (manager), with Bora Kim (stand-in). It ends with a standup series, under `standup`.
  tracking     reminder: Overdue since Sat 22 Nov 19:00 CET: there is no standup series. It is the turn of Val Ortega (manager), with Bora Kim (stand-in). It ends with a standup series, under `standup`.

2025-11-25 16:00  the schedule asks
  channel      reminder @kwong @bkim: Due by Tue 25 Nov: the channel has heard nothing since Mon 24 Nov 16:55. It is the turn of Kit Wong (CSE), with Bora Kim (stand-in). It ends with an update.
  tracking     reminder: Due by Tue 25 Nov: the channel has heard nothing since Mon 24 Nov 16:55. It is the turn of Kit Wong (CSE), with Bora Kim (stand-in). It ends with an update.

2025-11-25 20:00  Harbor is an account of AMER now
  channel      account @bkim: The account changed: region AMER; account executive Bora Kim. Concerned from now on: Bora Kim (account executive).
  channel      dri @arivera @bkim @vsales: Bora Kim takes over from Ana Rivera as DRI.
  channel      edit
  channel      steps: Next steps, 2 of 3 done; done now: Find the cause in our lab; new: Third release (Kit Wong, by 2025-11-27).
  channel      topic
  tracking     account @bkim: The account changed: region AMER; account executive Bora Kim. Concerned from now on: Bora Kim (account executive).
  tracking     assign @bkim
  tracking     dri @arivera @bkim @vsales: Bora Kim takes over from Ana Rivera as DRI.
  tracking     edit @bkim @dpatel @tmora
  tracking     steps: Next steps, 2 of 3 done; done now: Find the cause in our lab; new: Third release (Kit Wong, by 2025-11-27).

2025-11-26 08:00  the schedule asks
  channel      reminder @vsales @bkim: Overdue since Sat 22 Nov 13:00 EST: there is no standup series. It is the turn of Val Ortega (manager), with Bora Kim (DRI). It ends with a standup series, under `standup`.
  tracking     reminder: Overdue since Sat 22 Nov 13:00 EST: there is no standup series. It is the turn of Val Ortega (manager), with Bora Kim (DRI). It ends with a standup series, under `standup`.

2025-11-26 20:00  An update
  channel      update: Update by Kit Wong, 2025-11-26 19:55 UTC, to internal and customer:
  tracking     update: Update by Kit Wong, 2025-11-26 19:55 UTC, to internal and customer:

2025-11-27 20:00  The third release
  channel      criteria: Exit criteria, 1 of 1 met; met now: Three releases in a row on three days.
  channel      edit
  channel      steps: Next steps, 3 of 3 done; done now: Third release.
  channel      topic
  channel      update: Update by Kit Wong, 2025-11-27 19:55 UTC, to internal and customer:
  tracking     criteria: Exit criteria, 1 of 1 met; met now: Three releases in a row on three days.
  tracking     edit @bkim @dpatel @tmora
  tracking     steps: Next steps, 3 of 3 done; done now: Third release.
  tracking     update: Update by Kit Wong, 2025-11-27 19:55 UTC, to internal and customer:

2025-11-28 14:30  Close Harbor
  announcement closed @bkim @dpatel @tmora: Escalation closed: Harbor Freight Lines (2025/harbor, severity critical)
  channel      archive
  channel      closed @bkim @dpatel @tmora: Escalation closed: Harbor Freight Lines (2025/harbor, severity critical)
  tracking     close_issue
  tracking     closed @bkim @dpatel @tmora: Escalation closed: Harbor Freight Lines (2025/harbor, severity critical)
  tracking     edit @bkim @dpatel @tmora

2025-12-02 15:00  Harbor asks for an RCA
  tracking     edit @bkim @dpatel @tmora
  tracking     rca @bkim: The customer asks for a root cause analysis: asked for; owed by Eva Brandt until 2025-12-05.

2025-12-08 15:00  the schedule asks
  tracking     reminder @bkim @ebrandt: Overdue since Fri 5 Dec: the root cause analysis of Eva Brandt is owed. It is the turn of Bora Kim (DRI), with Eva Brandt (owner). It ends with the `url` of the analysis.

2025-12-09 15:00  The RCA is there
  tracking     edit @bkim @dpatel @tmora
  tracking     rca @bkim: The root cause analysis is delivered: https://docs.example.com/harbor-rca.
