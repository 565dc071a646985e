package main

// topic is what an escalation may be about, in the words that its file uses.
// No sentence holds a colon or a #, so that each may stand unquoted.
type topic struct {
	summary  string
	details  []string // the paragraphs of the description
	ask      string
	skills   string
	approach string
	criteria []string
	steps    []string
	cause    string // the end of a sentence that says what it was
}

// topics returns what escalations are about.
func topics() []topic {
	return []topic{
		{
			summary: "Pipelines wait 40 minutes and every team is affected",
			details: []string{
				"Since the upgrade two weeks ago every pipeline waits between 30 and 50 minutes for a runner. About 400 developers are affected, and releases have slipped twice.",
				"The runners themselves are idle most of the time. Restarting the scheduler helps for an hour, then the queue grows again. The customer's VP of Engineering has asked for a weekly call.",
			},
			ask:      "One engineer who can work with the customer every day on the queue analysis.",
			skills:   "[reads production logs, knows PostgreSQL at scale]",
			approach: "Reproduce the waiting in our lab with the customer's job mix, then tune the queue with them and repeat the load test until it passes twice.",
			criteria: []string{"Queue time under 60 s at p95 for five working days", "No job waits longer than ten minutes in the nightly run", "The customer signs off the load test"},
			steps:    []string{"Load test with the customer", "Compare the queue settings with our reference installation", "Send the customer the analysis of last week's logs", "Move the nightly jobs to their own runners"},
			cause:    "the queue and not the runners",
		},
		{
			summary: "Single sign-on locks out a third of the users every Monday",
			details: []string{
				"Every Monday between 07:00 and 09:00 about a third of the users cannot log in. Their sessions expire over the weekend, and the renewal fails with an error that the identity provider does not log.",
				"The help desk of the customer takes 200 calls each time. They have threatened to stop the rollout to the remaining two business units.",
			},
			ask:      "Somebody from the identity team on the call next Monday morning while it happens.",
			skills:   "[SAML and OIDC in depth, patience with traces]",
			approach: "Record the traffic of one Monday on both sides, find where the renewal is lost, and agree on a fix with the vendor of the identity provider.",
			criteria: []string{"Two Mondays in a row without a failed login", "The help desk confirms fewer than five calls"},
			steps:    []string{"Set up the recording before the weekend", "Collect the identity provider's audit log", "Ask the vendor for a technical contact", "Prepare a way to log in without single sign-on"},
			cause:    "the clock of one of the proxies",
		},
		{
			summary: "The migration to the hosted service is three weeks behind plan",
			details: []string{
				"The import of the largest group stops after 60 hours, each time at a different project. The contract for the old platform ends this quarter, so there is no room for another month.",
				"Two of five business units are moved and content. The third holds 80 percent of the data, and nobody has imported a group of this size before.",
			},
			ask:      "An engineer who knows the importer, for two weeks, and a decision on the extra disk.",
			skills:   "[knows the importer, large repositories]",
			approach: "Split the import by project, move the big repositories over the weekend with a copy of the database, and freeze the rest for one evening.",
			criteria: []string{"All five business units work on the hosted service", "The old platform is switched off"},
			steps:    []string{"Measure the import of the ten largest projects", "Agree with the customer on a weekend", "Write the runbook for the evening of the move", "Clean up the projects that nobody uses"},
			cause:    "a limit on the size of one upload",
		},
		{
			summary: "Security findings of the last audit are open after 90 days",
			details: []string{
				"The auditors of the customer gave us eleven findings, of which four are still open. Two of these need a change of the product, and the customer's board looks at the list every month.",
				"Without a date for each finding the renewal will not be signed. The security team has answered two of the four, but not in the form that the auditors want.",
			},
			ask:      "A date for each of the four findings, confirmed by the product group.",
			skills:   "[security, writes for auditors]",
			approach: "Go through the findings one by one with their auditors, answer what is answered already, and give each of the rest an owner and a date.",
			criteria: []string{"Each finding is closed or has an accepted date", "The auditors confirm it in writing", "The exception in the contract is gone"},
			steps:    []string{"Write the answers in the auditors' template", "Get a date from the product group", "Book the call with the auditors", "Send the results of the penetration test"},
			cause:    "the form of our answers more than what they say",
		},
		{
			summary: "Reports time out since the customer doubled its user base",
			details: []string{
				"The weekly report for management takes more than ten minutes and often ends in an error. Since the acquisition in spring there are twice as many users and four times as many events.",
				"The customer exports the data by hand every Friday and has stopped recommending us inside the group.",
			},
			ask:      "A second pair of eyes on the slow queries, and a say in what the next release brings.",
			skills:   "[query plans, ClickHouse]",
			approach: "Find the three slowest queries, rewrite them together with the product team, and give the customer an export that needs no hands until then.",
			criteria: []string{"The weekly report is there in under a minute", "Nobody exports data by hand any more"},
			steps:    []string{"Collect the query plans of one Friday", "Try the new index on a copy of the data", "Set up the scheduled export", "Show the customer what is planned"},
			cause:    "a missing index on the table of events",
		},
		{
			summary: "The backup of the self-managed installation cannot be restored",
			details: []string{
				"In a test of the disaster plan the restore failed after nine hours. The customer is a hospital group and has to prove to its regulator twice a year that a restore works.",
				"The backup was made as our documentation describes it. The archive is complete, but the object storage holds files that the database does not know, and the restore stops at the first of them.",
			},
			ask:      "A support engineer who has restored an installation of this size, until the next test.",
			skills:   "[disaster recovery, object storage]",
			approach: "Restore a copy together, step by step, write down every place where the documentation is wrong, and repeat it without us.",
			criteria: []string{"A full restore in under six hours, without our help", "The regulator's form is signed"},
			steps:    []string{"Book the test environment for the weekend", "Compare the archive with the object storage", "Correct the documentation of the restore", "Repeat the test with the customer's own staff"},
			cause:    "files left over from a deleted project",
		},
		{
			summary: "Adoption has stalled at 30 percent half a year after the purchase",
			details: []string{
				"Of 1,200 paid users 360 have logged in during the last month. The teams that use it are satisfied, the others were never trained, and the sponsor who bought it has left.",
				"The new head of development compares us with what his former company used. A renewal decision is due in the spring.",
			},
			ask:      "A solutions architect for four workshops, and an executive who calls the new sponsor.",
			skills:   "[workshops, change management]",
			approach: "Win the new sponsor with the numbers of the three best teams, train two teams a month, and remove the two hurdles they all name.",
			criteria: []string{"800 active users in a month", "The new sponsor agrees to a success plan"},
			steps:    []string{"Interview the three best teams", "Prepare the first workshop", "Arrange the executive call", "Publish the numbers of adoption every week"},
			cause:    "the missing training, not the product",
		},
		{
			summary: "Data was lost twice when a replica took over",
			details: []string{
				"Twice in a month the primary database failed and the replica that took over lacked the last minutes. The customer lost merge requests of about 40 developers each time, and their trust.",
				"Until the cause is known, failover is switched off and somebody of the customer is on call every night. Their chief information officer has written to ours.",
			},
			ask:      "The database team on this every day until the cause is known.",
			skills:   "[replication, reads production logs]",
			approach: "Reconstruct both nights minute by minute, reproduce the loss in a lab with the same versions, and fix what we find before failover is switched on again.",
			criteria: []string{"The cause of both losses is known and fixed", "Three planned failovers without a loss", "Nobody is on call for it at night"},
			steps:    []string{"Write the timeline of both nights", "Rebuild the cluster in the lab", "Check the lag of the replica every hour", "Plan the first failover with the customer"},
			cause:    "a setting that let the replica fall behind",
		},
	}
}

// reports returns what updates say while an escalation is open.
func reports() []string {
	return []string{
		"Call with the customer this morning. They accept the plan and want numbers every second day.",
		"No change since yesterday. We wait for the logs.",
		"The logs are here, about 12 GB. First look shows the same pattern on three of four nodes.",
		"The test in the lab reproduces it.",
		"Support found a setting that differs from our advice. The customer changes it tonight.",
		"The change of last night helped, but not enough. Numbers are down by a third.",
		"Product has put the fix into the next release, with a patch before that.",
		"The customer's VP joined the call and asked when it ends.",
		"The patch is installed on one node since noon, and that node is fine so far.",
		"All nodes have the patch now. We watch it for five working days.",
		"Two of their teams report that it is better.",
		"Executive call went well. Next one in two weeks, or sooner if the numbers get worse.",
		"The workshop is booked, and the customer has named the people who will attend.",
		"One step is late, there was a public holiday in São Paulo.",
		"The customer wants to postpone the renewal talk. The account team answers by Friday.",
		"Reviewed the exit criteria with the customer.",
		"Weekly summary is in the notes. Three steps done, two open, nobody blocked.",
		"We agreed to keep the daily call until the end of next week.",
	}
}

// names returns the words that the names of customers are made of.
func names() (first, second, third []string) {
	first = []string{
		"Northwind", "Bluewater", "Castellan", "Dornbach", "Everline", "Fjordlys", "Granite", "Halcyon",
		"Ironbridge", "Juniper", "Kestrel", "Lakeshore", "Müller", "Nordahl", "Oakfield", "Pinecrest",
		"Quarry", "Redwood", "Sørensen", "Tamarack", "Umbra", "Vantage", "Westmark", "Yellowtail",
		"Zephyr", "Alder", "Birchwood", "Copperfield", "Drayton", "Eastgate", "Falconer", "Greystone",
		"Harbor", "Inverness", "Jasper", "Kingsway", "Larkspur", "Meridian", "Newhaven", "Overland",
		"Périgord", "Queensferry", "Riverstone", "Stonegate", "Thornbury", "Upland", "Valemont", "Windmere",
	}
	second = []string{
		"Traders", "Bank", "Logistics", "Insurance", "Foods", "Motors", "Airlines", "Energy",
		"Pharma", "Retail", "Telecom", "Media", "Robotics", "Health", "Textiles", "Steel",
		"Shipping", "Software", "Semiconductors", "Chemicals", "Mining", "Travel", "Games", "Instruments",
		"Paper", "Optics", "Rail", "Water", "Mutual", "Payments", "Aerospace", "Education",
	}
	third = []string{"", "Group", "Holding", "Europe", "Labs", "International", "Digital", "Partners"}
	return first, second, third
}
