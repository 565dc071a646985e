package handbook

// Rules returns the rules of the process, in its order.
func Rules() []Rule {
	return []Rule{
		{
			Number: "P1", Title: "What an account escalation is", Lines: [][2]int{{9, 13}, {16, 16}, {18, 20}, {24, 24}, {87, 87}},
			Says: "A customer is in a challenging situation, with or without a support ticket, by one issue or many: that is an account escalation. Anyone may open one, also before a DRI is known. " +
				"The leads of the groups that may take it hear of the proposal and find the DRI.",
			By: []Actor{Plan, Stale, Lint}, Settings: []string{"triage"},
			Reading: "An open pull request is the proposal, and its merge opens the escalation; by then the DRI is known. A proposal that nobody merges is asked about after one hour of the region's working time at critical and high, after four at medium and low, then the CSM leader is.",
			People:  "Judge whether the customer's situation, future business and the brand are at risk. The video walkthrough of the process is for people.",
		},
		{
			Number: "P2", Title: "What goes elsewhere", Lines: [][2]int{{14, 14}, {85, 94}},
			Says:    "A ticket that moves too slowly is a support ticket attention request (STAR). A widespread outage is an incident. An instance that is down is emergency support, which the customer triggers; where the engineer on call was not paged, page the support manager on call. None of these alone is an account escalation.",
			By:      []Actor{Nobody},
			Reading: "Where the relationship or future business is at risk too, an account escalation is opened beside the other process.",
			People:  "Choose the right process: declare the incident, ask Support Management for the ticket, have the customer trigger emergency support. Support answers for the case and takes it to Engineering, Security and Infrastructure.",
		},
		{
			Number: "P3", Title: "Who is in scope", Lines: [][2]int{{24, 24}},
			Says: "The process is for customers who have a CSM. It may be used for others with whom there is a strategic partnership or relationship.",
			By:   []Actor{Lint}, Reading: "Accounts with a CSE, and ongoing Professional Services projects, are in scope, since the source gives them a DRI. With none of the three the file says why: `account.strategic`.",
		},
		{
			Number: "P4", Title: "The four severities", Lines: [][2]int{{26, 36}},
			Says: "critical: deployment or use is significantly impacted, and the customer, a significant part of the contract, the relationship or the brand is at high risk; daily. " +
				"high: deployment or use is significantly impacted; adoption, growth, the contract or the relationship is at risk; several times a week. " +
				"medium: deployment or use is impacted; adoption and renewal are at risk; weekly to every two weeks. " +
				"low: deployment or use is impacted; value, timeline, satisfaction or adoption is at risk; as in everyday business.",
			By: []Actor{Lint}, Settings: []string{"severities"},
			People: "Judge how bad it is.",
		},
		{
			Number: "P5", Title: "Who is informed", Lines: [][2]int{{28, 36}},
			Says: "At critical and high: the VP of Sales, Product, the CRO, the CEO, the VP of Customer Success and the global or PubSec CSM leader. At medium: the CSM leader. At low: the regional CSM manager and the account manager. Others may be added. The level of involvement is about internal communication and awareness.",
			By:   []Actor{Lint, Apply, Stale}, Settings: []string{"severities", "roles", "regions"},
			Reading: "Product is the VP of Product. To inform is to name in the declaration; at critical they are pinged once. Who becomes concerned later is told when it happens. A role that nobody holds is named as held by nobody, and stops nothing.",
		},
		{
			Number: "P6", Title: "Who the DRI is", Lines: [][2]int{{38, 55}},
			Says: "In this order: the manager of the Professional Services project, where the escalation is about an ongoing one; else the CSM; else, with a CSE in the lead for the technical part, the account executive, who manages the account. The CSE is assigned through the CSE Help case.",
			By:   []Actor{Lint, Plan, Apply, Stale}, Reading: "With neither CSM nor CSE the account executive is the DRI. `cse: pending` stands until one is assigned. A stand-in for at most 14 days (`cover`) has the DRI's turn and may close.",
			People: "Evaluate the options at the beginning, and assign the CSE in the CSE Help case.",
		},
		{
			Number: "P7", Title: "What the DRI does", Lines: [][2]int{{57, 75}, {98, 98}, {202, 202}},
			Says: "The DRI owns the approach to resolution and sees that everybody understands it, brings the people here and at the customer together, manages what is said to both, and owns the next steps with clear dates. The DRI manages the account, not the ticket, and need not be in every meeting.",
			By:   []Actor{Lint, Stale}, Reading: "An open escalation has an approach and next steps, each with an owner and a date. A placeholder in what must be written is a warning; where it would be a reason, an error.",
			People: "Hold the meetings with the team and the customer, up to executives. Be the one to whom the customer's issues go: a late answer, an open action, an installation or a use that is not as it should be. Drive the process, open the case, work through the tasks of the CTA.",
		},
		{
			Number: "P8", Title: "Everyone named is in the directory", Says: "Everyone who is named by a handle is in the people directory, and holds a role that fits the field. A name, an e-mail address or a login in the place of a handle is answered with that person's handle.",
			By: []Actor{Lint}, Settings: []string{"roles"},
		},
		{
			Number: "P9", Title: "When a Product DRI is needed", Lines: [][2]int{{83, 83}, {188, 188}, {243, 251}},
			Says: "An escalation at high or critical that is product related needs a Product DRI. The CSM evaluates each account that reaches one of the two.",
			By:   []Actor{Lint, Stale}, Settings: []string{"product.pending_hours"},
			Reading: "At high and critical the file says whether it is product related, and a no has a reason. At medium and low a missing Product DRI is a warning. A policy may allow `pending` for some hours.",
			People:  "Evaluate whether somebody of Product is needed. Often the CSM and Support work with the product manager of the area alone.",
		},
		{
			Number: "P10", Title: "How senior the Product DRI is", Lines: [][2]int{{247, 254}},
			Says: "At high a group product manager or a product director is assigned; at critical somebody of the product leadership team. The customer need not know how Product is organized, and is not passed on.",
			By:   []Actor{Lint}, Settings: []string{"severities"},
			Reading: "At high somebody of the product leadership team fits as well; at medium and low any role of Product does. After a raise the former Product DRI stays in `product.team`.",
		},
		{
			Number: "P11", Title: "The Product DRI stays", Lines: [][2]int{{253, 254}},
			Says: "The Product DRI stays with the customer until the escalation is resolved. Product managers come and go as they are needed.",
			By:   []Actor{Lint}, Reading: "Replaced only with an update that says why, and removed only where it is not product related after all.",
		},
		{
			Number: "P12", Title: "What the Product DRI does", Lines: [][2]int{{188, 188}, {253, 253}},
			Says: "The Product DRI is in the escalation channel, drives what is product related there, brings in product managers, and joins the calls with the customer as the face of Product.",
			By:   []Actor{Apply}, People: "Join the calls with the customer, and stay engaged in the channel.",
		},
		{
			Number: "P13", Title: "Support", Lines: [][2]int{{77, 81}, {88, 88}, {184, 184}, {241, 243}, {266, 266}},
			Says: "Where Support is needed, the declaration mentions the support manager on call, and a ticket describes the issue. Support drives the technical resolution with development, quality assurance and reliability engineers, manages the resolution of incidents around the clock, and joins executive and customer calls as needed. Engineering is reached through Support, by a request for help.",
			By:   []Actor{Lint, Apply}, Settings: []string{"channels.support"},
			Reading: "Support called in later is told when it happens. Where the file says nothing of Support, the texts say that none is named.",
			People:  "Support's own work: 24 hours on seven days, the calls, the request for help from Engineering.",
		},
		{
			Number: "P14", Title: "Enhancements and priorities", Lines: [][2]int{{74, 74}, {243, 243}, {247, 247}, {267, 267}},
			Says: "A request for an enhancement has a business case, written by the DRI, who takes it to Product with the template for it. Engineering and Product may give a bug or a feature priority because of an escalation.",
			By:   []Actor{Lint}, Reading: "Issues whose priority the escalation affects stand in `links.issues`.",
			People: "Write the business case, and fill in Product's issue template.",
		},
		{
			Number: "P15", Title: "What is done at once", Lines: [][2]int{{100, 107}, {159, 170}, {174, 174}},
			Says: "At once: the channel, the DRI and the immediate ask, the declaration, the CS Help case. The ask is as specific as possible, with the skills that are needed, such as a time zone, reading production logs, or knowing a database at scale: executives have to understand it and the exit criteria.",
			By:   []Actor{Lint, Stale, Apply}, Settings: []string{"deadlines.case_hours"},
			Reading: "`case: pending` stands for a case that is being made, for four hours: the source declares before the case in one place, and after it in another.",
			People:  "Bookmark the ask where the meeting notes are kept.",
		},
		{
			Number: "P16", Title: "The CS Help case", Lines: [][2]int{{71, 71}, {134, 148}},
			Says: "The case is opened at the account's next open renewal, with the type \"At-Risk Account Help (CSM red accounts & CSM/CSE escalations)\". Its owner is the CSM; for a CSE account the regional CSE leader, who assigns a CSE. It names the channel, the collaboration project, the meeting notes and the exit criteria. An escalation about a Professional Services project needs none.",
			By:   []Actor{Lint, Apply}, Reading: "With neither CSM nor CSE the account executive owns the case.",
			People: "In the CRM: open the account, then its next open renewal under the opportunities (if there is none to see, switch the app to Sales, by the nine dots at the top left); press CS Help at the top right; choose the type; fill in what is required; create the case; then fill in the other fields. The CRM makes a CTA in Gainsight; the two are in step every two hours, in both directions. The owner is told there of tasks.",
		},
		{
			Number: "P17", Title: "The channel", Lines: [][2]int{{118, 120}, {198, 198}},
			Says: "The temporary channel is named #esc_ and the customer, is public so that people find it, stays open until the escalation is closed, and stands in the case. Its beginning puts it under the retention of data. It is for the daily work, and for what executives are told.",
			By:   []Actor{Lint, Apply}, Settings: []string{"channels.prefix", "channels.announcement"},
			Reading: "`visibility: restricted` keeps the text out of the announcement, never the people. Without `channel:` the name is that of the file.",
		},
		{
			Number: "P18", Title: "The opening message", Lines: [][2]int{{122, 132}, {155, 156}, {163, 163}},
			Says: "The first message in the channel welcomes, links the case and the meeting notes, quotes the initial ask, and says what is next. It is pinned; the link of the case is a bookmark of the channel, too.",
			By:   []Actor{Apply}, Reading: "It also says who is who and what the exit criteria are. DRIs, the CSE, owners of steps and stakeholders are invited.",
			People: "Where no bot does it, `plan` and `apply` print a checklist.",
		},
		{
			Number: "P19", Title: "The internal standup", Lines: [][2]int{{109, 111}, {150, 156}, {159, 159}, {211, 212}},
			Says: "Within 24 hours a series of internal standups is set up, documented and announced in the channel. The major stakeholders of each team are invited: typically CSM, account executive, solutions architect, and the leaders of CSM and Sales. What changes there of exit criteria and DRI goes into the case.",
			By:   []Actor{Lint, Stale}, Settings: []string{"deadlines.standup_hours"},
			Reading: "The source asks for it always in one place, by the state of the escalation in another: at medium and low a reason why there is none is enough.",
			People:  "Hold it, and invite people to the calendar (`escalate calendar` makes the file).",
		},
		{
			Number: "P20", Title: "Ten minutes before the standup", Lines: [][2]int{{157, 157}},
			Says: "Ten minutes before each standup the links of the case and of the meeting notes are posted in the channel, with a note that it will take place.",
			By:   []Actor{Stale}, Reading: "The source gives it as a tip; here it is done for everybody.",
		},
		{
			Number: "P21", Title: "The declaration", Lines: [][2]int{{172, 188}},
			Says: "In the announcement channel, under the title New Escalation, with these labels in this order: Customer, Slack Channel, Meeting Notes, SFDC Escalation case URL, Severity, Status, Product DRI, Support DRI, Description, FYI.",
			By:   []Actor{Lint, Plan, Apply}, Settings: []string{"channels.announcement"},
			Reading: "The description is the summary and the first paragraph of the description. FYI names the managers of the DRI and of the opener, and everybody who is informed, with their roles. A line says who the DRI is, and why.",
		},
		{
			Number: "P22", Title: "A quiet announcement channel", Lines: [][2]int{{190, 198}},
			Says: "The announcement channel is for awareness. It hears of an escalation that is opened, whose severity changes, and that is closed or back in everyday business. All else belongs in the escalation's own channel.",
			By:   []Actor{Apply, Lint}, Reading: "It also hears of a significant change of status, of a reopening and of a withdrawal.",
		},
		{
			Number: "P23", Title: "A significant change", Lines: [][2]int{{204, 204}},
			Says: "When the status changes significantly, both channels are told, and all DRIs are pinged.",
			By:   []Actor{Apply}, People: "Say that an update is significant: `significant: true`.",
		},
		{
			Number: "P24", Title: "Updates", Lines: [][2]int{{72, 75}, {113, 116}, {148, 148}, {159, 159}, {205, 206}},
			Says: "Updates go to the case's CTA and to the channels, as often as the severity asks. Exit criteria and DRIs in the case are kept up to date. An update says when, who, to whom and what.",
			By:   []Actor{Lint, Apply, Stale}, Reading: "The source wants all updates in the CTA; here the record is git, and what must be pasted there is printed, ready to copy.",
			People: "Paste updates, exit criteria, DRIs and standups into the CTA, and work through its tasks.",
		},
		{
			Number: "P25", Title: "The channel hears daily", Lines: [][2]int{{205, 205}, {115, 115}, {210, 210}},
			Says: "The channel hears something at least daily, also that nothing has changed.",
			By:   []Actor{Lint, Stale}, Settings: []string{"severities", "regions"},
			Reading: "At critical on every calendar day, at high on every working day of the region; below as advice. No clock starts before the fact that it counts from was told. The DRI is nudged in the afternoon before a day is missed.",
			People:  "A reminder of one's own in the afternoon does the same.",
		},
		{
			Number: "P26", Title: "The customer hears regularly", Lines: [][2]int{{28, 35}, {206, 206}},
			Says: "The customer hears of the progress regularly: three times a week or more, as the situation asks; by the cadence of the severity daily, several times a week, weekly to every two weeks.",
			By:   []Actor{Lint, Stale}, Settings: []string{"severities"},
			Reading: "The table of the severities wins: every day at critical, with the second working day at high, after 7 days at medium (overdue after 14), no clock at low.",
			People:  "Talk to the customer, by call or e-mail, and write down that it happened.",
		},
		{
			Number: "P27", Title: "The CSM manager", Lines: [][2]int{{235, 239}},
			Says: "The CSM manager sees to it that the CSM knows the process and manages the escalation, that it moves forward, that here and at the customer everybody is clear on actions and next steps, and steps in where need be.",
			By:   []Actor{Lint, Stale}, Settings: []string{"ladder", "review"},
			Reading: "What is overdue climbs: the DRI at once, the manager after one more working day, the CSM leader after two; at critical by hours. A snooze holds back the customer clock for at most seven days.",
			People:  "Make the CSM familiar with the process, and drive action and alignment.",
		},
		{
			Number: "P28", Title: "What else is late", Lines: [][2]int{{62, 62}, {109, 111}, {239, 239}},
			Says: "A next step past its date, exit criteria that are all met while the escalation is open, no open step while criteria are unmet, a standup that is missing after 24 hours, a CSE or a Product DRI that is pending for too long: each is asked about, with its owner.",
			By:   []Actor{Stale}, Settings: []string{"deadlines"},
			Reading: "Critical is asked about on every day, the rest on working days.",
		},
		{
			Number: "P29", Title: "The CSE", Lines: [][2]int{{256, 262}},
			Says: "For a CSE account the CSE leads the calls with the customer, determines the exit criteria, coordinates the way forward, workarounds and best practice across functions, summarizes in the channel on the severity's cadence, and writes to the customer. An issue keeps what can be learned from it.",
			By:   []Actor{Lint, Stale, Apply}, Reading: "Both clocks are the CSE's turn first. The issue is linked at the closing at the latest.",
			People: "Lead the calls, coordinate, write the e-mails and the issue.",
		},
		{
			Number: "P30", Title: "Agreement to close", Lines: [][2]int{{216, 216}},
			Says: "An escalation is closed when the stakeholders here and the customer agree that the situation is resolved, and an issue or an e-mail shows it.",
			By:   []Actor{Lint}, Reading: "One link shows both. A manager may waive it with a reason where the customer is gone, or was asked and did not answer.",
			People: "Ask the customer.",
		},
		{
			Number: "P31", Title: "What the closure answers", Lines: [][2]int{{218, 218}, {227, 233}},
			Says: "Did it end with a positive outcome, a negative one or none? Were the exit criteria met? What did the team do that closed it, in brief?",
			By:   []Actor{Lint}, Reading: "The stand-in or a manager may close in the place of the DRI.",
		},
		{
			Number: "P32", Title: "The root cause analysis", Lines: [][2]int{{218, 218}},
			Says: "If the customer asks for a root cause analysis and the escalation is about the platform, Engineering leads it and delivers it in writing to the DRI.",
			By:   []Actor{Lint, Stale, Apply}, Reading: "It has an owner and a date at the closing, or when it is asked for later.",
			People: "Write it.",
		},
		{
			Number: "P33", Title: "What is done at the closing", Lines: [][2]int{{220, 227}},
			Says: "The closure is posted in the CTA with the template \"At-Risk/Escalation - Closure\", and the same text in the announcement channel. The temporary channel is archived. The customer's CSM sentiment is updated to the new state of the account.",
			By:   []Actor{Lint, Apply}, Settings: []string{"sentiments"},
			Reading: "The sentiments are green, yellow and red. The tracking issue has the same text.",
			People:  "Paste the closure into the CTA, and set the sentiment there.",
		},
		{
			Number: "P34", Title: "How it ends", Lines: [][2]int{{195, 195}, {220, 220}},
			Says: "It is resolved, or it moves into a state that is none of escalation: the risk is low enough to be watched in everyday business.",
			By:   []Actor{Lint, Apply}, Reading: "One that was opened in error or twice is withdrawn by a manager, with a reason.",
		},
		{Number: "P35", Title: "A closed escalation does not change", Says: "But to be reopened with a reason, to have its analysis, pattern issue or sentiment set, to be corrected with `closure.amended`, or to have an update redacted.", By: []Actor{Lint, Apply}},
		{Number: "P36", Title: "The path is the identity", Says: "The file of an escalation is never renamed, deleted or used for another.", By: []Actor{Lint}},
		{Number: "P37", Title: "Times do not lie", Says: "The times of updates increase, none lies in the future, past updates never change, and the opening and the customer stay what they are. A past update is corrected by one that amends it; text that should never have been written is redacted.", By: []Actor{Lint, Apply}},
		{Number: "P38", Title: "A change is explained", Says: "A change of the severity or the DRI, an exit criterion that is dropped or rewritten, and a reopening each come with an update that says why, in words.", By: []Actor{Lint, Apply}},
		{Number: "P39", Title: "History answers", Says: "For any moment the history says who was the DRI, what the severity was, who had been told, and which notice was posted where.", By: []Actor{Log}},
		{Number: "P40", Title: "Names and twins", Says: "An id is a name that every machine can check out. Two open escalations of one customer name each other.", By: []Actor{Lint, Apply}},
	}
}

// Elsewhere is what the source says that is no rule: where to read on.
func Elsewhere() []Rule {
	return []Rule{
		{Title: "Related pages", Lines: [][2]int{{5, 5}, {264, 268}}, Says: "The handbook of the CSMs; Support and its own escalations; Product's template for a request; the assessment of a customer's health, and what follows from it."},
	}
}
