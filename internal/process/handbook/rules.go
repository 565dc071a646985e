package handbook

// Rules returns the rules of the process, in its order.
func Rules() []Rule {
	return []Rule{
		{
			Number: "P1", Title: "What an account escalation is", Lines: [][2]int{{9, 13}, {16, 16}, {18, 20}, {24, 24}, {87, 87}},
			Says: "A customer is in a challenging situation, with or without a support ticket, by one issue or many: that is an account escalation. Anyone may open one, also before a DRI is known. " +
				"The leads of the groups that may take it hear of the proposal and find the DRI.",
			By: []Actor{Lint, Plan, Stale}, Settings: []string{"triage", "severities.<level>.proposal_hours", "bot"},
			Reading: "An open pull request is the proposal, and its merge opens the escalation; by then the DRI is known. The policy names the leads who find the DRI (`triage`), `lint` checks that they are in the directory, and the comment with the plan mentions them. " +
				"Where nobody merges it, `stale` asks them again on the pull request: after an hour at critical and high and four at medium and low, of the region's working time, at critical of any. The CSM leader is asked beside them when the ladder has come to the leader, at any severity, and in their place where the policy names none. A draft is no proposal yet, and a fork's pull request none of which anybody hears. A proposal that was made with the issue form is merged without a review at the severities of `bot.merge`, once its checks pass.",
			People: "See to it that no proposal waits: at critical and high it is looked at within an hour, else within four hours of work; then it is the CSM leader's. Judge whether the customer's situation, future business and the brand are at risk. The video walkthrough of the process is for people.",
		},
		{
			Number: "P2", Title: "What goes elsewhere", Lines: [][2]int{{14, 14}, {85, 94}},
			Says:    "A ticket that moves too slowly is a support ticket attention request (STAR). A widespread outage is an incident. An instance that is down is emergency support, which the customer triggers; where the engineer on call was not paged, page the support manager on call. None of these alone is an account escalation.",
			By:      []Actor{Nobody},
			Reading: "Where the relationship or future business is at risk too, it is an account escalation as well: one is opened beside the other process.",
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
			By: []Actor{Lint}, Settings: []string{"severities.<level>.meaning"},
			People: "Judge how bad it is.",
		},
		{
			Number: "P5", Title: "Who is informed", Lines: [][2]int{{28, 36}},
			Says: "At critical and high: the VP of Sales, Product, the CRO, the CEO, the VP of Customer Success and the global or PubSec CSM leader. At medium: the CSM leader. At low: the regional CSM manager and the account manager. Others may be added. The level of involvement is about internal communication and awareness.",
			By:   []Actor{Lint, Apply, Stale}, Settings: []string{"severities.<level>.informs", "roles", "regions"},
			Reading: "Product is the VP of Product. To inform is to name in the declaration; the DRIs, the managers and whoever was added under `fyi` are pinged, and at critical everybody who is informed, once. Who becomes concerned later is told then; who was informed before the severity fell is named once more when it does. A role that nobody holds is a warning at the directory, is named in the declaration as held by nobody, and stops nothing. `visibility: restricted` keeps the text back, never the people.",
		},
		{
			Number: "P6", Title: "Who the DRI is", Lines: [][2]int{{38, 55}},
			Says: "In this order: the manager of the Professional Services project, where the escalation is about an ongoing one; else the CSM; else, with a CSE in the lead for the technical part, the account executive, who manages the account. The CSE is assigned through the CSE Help case.",
			By:   []Actor{Lint, Apply, Stale}, Reading: "With neither CSM nor CSE the account executive is the DRI. `cse: pending`, with the link of the CSE Help case, stands until a CSE is assigned: overdue at the end of the next working day, and the regional CSE leader's turn. While the DRI is away for at most 14 days, somebody stands in: `cover: {dri: HANDLE, until: DATE, reason: TEXT}`. Until the end of that day the stand-in is asked, mentioned and invited, and may close; the DRI stays the DRI. A cover that has ended does nothing.",
			People: "Evaluate the options at the beginning, and assign the CSE in the CSE Help case.",
		},
		{
			Number: "P7", Title: "What the DRI does", Lines: [][2]int{{57, 75}, {98, 98}, {202, 202}},
			Says: "The DRI owns the approach to resolution and sees that everybody understands it, brings the people here and at the customer together, manages what is said to both, and owns the next steps with clear dates. The DRI manages the account, not the ticket, and need not be in every meeting.",
			By:   []Actor{Lint, Stale}, Reading: "An open escalation has an approach and next steps, each with an owner and a date. When it is opened or reopened, at least one step is not done; with none left while exit criteria are unmet, it is the DRI's turn after one working day. A placeholder, such as TBD, in what must be written is a warning; where it would be a reason, an error.",
			People: "Hold the meetings with the team and the customer, up to executives. Be the one to whom the customer's issues go: a late answer, an open action, an installation or a use that is not as it should be. Drive the process, open the case, work through the tasks of the CTA.",
		},
		{
			Number: "P8", Title: "Everyone named is in the directory", Says: "Everyone who is named by a handle is in the people directory, and holds a role that fits the field. A name, an e-mail address or a login in the place of a handle is answered with that person's handle. Who leaves stays in the directory with `left` and the day: before it a part in an open escalation is a warning, from that day on an error.",
			By: []Actor{Lint}, Settings: []string{"roles", "review"},
		},
		{
			Number: "P9", Title: "When a Product DRI is needed", Lines: [][2]int{{83, 83}, {188, 188}, {243, 251}},
			Says: "An escalation at high or critical that is product related needs a Product DRI. The CSM evaluates each account that reaches one of the two.",
			By:   []Actor{Lint, Apply, Stale}, Settings: []string{"product.pending_hours"},
			Reading: "At high and critical the file says whether it is product related, and a no has a reason. Product related at medium or low without a Product DRI is a warning. A policy may allow `dri: pending` for some hours, by default for none: then the notices say that one is to be assigned and mention the leaders of Product, whose turn it is. After those hours it is overdue, and each change that does more than add updates is an error.",
			People:  "Evaluate whether somebody of Product is needed. Often the CSM and Support work with the product manager of the area alone.",
		},
		{
			Number: "P10", Title: "How senior the Product DRI is", Lines: [][2]int{{247, 254}},
			Says: "At high a group product manager or a product director is assigned; at critical somebody of the product leadership team. The customer need not know how Product is organized, and is not passed on.",
			By:   []Actor{Lint}, Settings: []string{"severities.<level>.product_dri"},
			Reading: "At high somebody of the product leadership team fits as well; at medium and low any role of Product does. To raise the severity with a Product DRI of too low a role is an error: somebody more senior takes over, and the former one stays in `product.team`.",
		},
		{
			Number: "P11", Title: "The Product DRI stays", Lines: [][2]int{{253, 254}},
			Says: "The Product DRI stays with the customer until the escalation is resolved. Product managers come and go as they are needed.",
			By:   []Actor{Lint}, Reading: "Replaced only with an update that says why, or when the severity is raised; removed only where it is not product related after all, with an update that says why.",
		},
		{
			Number: "P12", Title: "What the Product DRI does", Lines: [][2]int{{188, 188}, {253, 253}},
			Says: "The Product DRI is in the escalation channel, drives what is product related there, brings in product managers, and joins the calls with the customer as the face of Product.",
			By:   []Actor{Apply}, People: "Join the calls with the customer, and stay engaged in the channel.",
		},
		{
			Number: "P13", Title: "Support", Lines: [][2]int{{77, 81}, {88, 88}, {184, 184}, {241, 243}, {266, 266}},
			Says: "Where Support is needed, the declaration mentions the support manager on call, and a ticket describes the issue. Support drives the technical resolution with development, quality assurance and reliability engineers, manages the resolution of incidents around the clock, and joins executive and customer calls as needed. Engineering is reached through Support, by a request for help.",
			By:   []Actor{Lint, Apply}, Settings: []string{"channels.support", "channels.support_group"},
			Reading: "Support called in later is told when it happens. Where the file says nothing of Support, the texts say that none is named.",
			People:  "Support's own work: 24 hours on seven days, the calls, the request for help from Engineering.",
		},
		{
			Number: "P14", Title: "Enhancements and priorities", Lines: [][2]int{{74, 74}, {243, 243}, {247, 247}, {267, 267}},
			Says: "A request for an enhancement has a business case, written by the DRI, who takes it to Product with the template for it. Engineering and Product may give a bug or a feature priority because of an escalation.",
			By:   []Actor{Lint}, Reading: "The issue of the request, and issues whose priority the escalation affects, stand in `links.issues`.",
			People: "Write the business case, and fill in Product's issue template.",
		},
		{
			Number: "P15", Title: "What is done at once", Lines: [][2]int{{100, 107}, {159, 170}, {174, 174}},
			Says: "At once: the channel, the DRI and the immediate ask, the declaration, the CS Help case. The ask is as specific as possible, with the skills that are needed, such as a time zone, reading production logs, or knowing a database at scale: executives have to understand it and the exit criteria.",
			By:   []Actor{Lint, Stale, Apply}, Settings: []string{"deadlines.case_hours"},
			Reading: "The file has the ask, at least one exit criterion, the link of the case and that of the meeting notes from the beginning. `case: pending` stands for a case that is being made: a warning, and overdue after four hours, since the source declares before the case in one place and after it in another. When the link is there, what was posted with the old one is edited.",
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
			Reading: "Without `channel:` the name is that of the file: 2026/northwind-2 has #esc_northwind-2. No two escalations have one channel, also after one is closed. With `visibility: restricted`, set at the opening and never changed, the channel is private, and the announcement says the id, the severity, the DRI and who is concerned, nothing else.",
		},
		{
			Number: "P18", Title: "The opening message", Lines: [][2]int{{122, 132}, {155, 156}, {163, 163}},
			Says: "The first message in the channel welcomes, links the case and the meeting notes, quotes the initial ask, and says what is next. It is pinned; the link of the case is a bookmark of the channel, too.",
			By:   []Actor{Plan, Apply}, Reading: "It also says who is who and what the exit criteria are. DRIs, the CSE, owners of steps and stakeholders are invited.",
			People: "Where no bot does it, `plan` and `apply` print a checklist.",
		},
		{
			Number: "P19", Title: "The internal standup", Lines: [][2]int{{109, 111}, {150, 156}, {159, 159}, {211, 212}},
			Says: "Within 24 hours a series of internal standups is set up, documented and announced in the channel. The major stakeholders of each team are invited: typically CSM, account executive, solutions architect, and the leaders of CSM and Sales. What changes there of exit criteria and DRI goes into the case.",
			By:   []Actor{Lint, Plan, Apply, Stale}, Settings: []string{"deadlines.standup_hours"},
			Reading: "The source asks for it always in one place, by the state of the escalation in another: at medium and low `standup: {none: TEXT}`, with the reason, is enough. It is a warning where the DRI does not come, or nobody of Product though there is a Product DRI. `plan` suggests whom else to invite.",
			People:  "Hold it, and invite people to the calendar (`escalate calendar` makes the file).",
		},
		{
			Number: "P20", Title: "Ten minutes before the standup", Lines: [][2]int{{157, 157}},
			Says: "Ten minutes before each standup the links of the case and of the meeting notes are posted in the channel, with a note that it will take place.",
			By:   []Actor{Stale}, Reading: "The source gives it as a tip to people; here it is done for every standup.",
		},
		{
			Number: "P21", Title: "The declaration", Lines: [][2]int{{172, 188}},
			Says: "In the announcement channel, under the title New Escalation, with these labels in this order: Customer, Slack Channel, Meeting Notes, SFDC Escalation case URL, Severity, Status, Product DRI, Support DRI, Description, FYI.",
			By:   []Actor{Lint, Apply}, Settings: []string{"channels.announcement"},
			Reading: "The description is the summary and the first paragraph of the description. FYI names the managers of the DRI and of the opener, and everybody who is informed, with their roles. A line says who the DRI is, and why; for a CSE account also who leads technically.",
		},
		{
			Number: "P22", Title: "A quiet announcement channel", Lines: [][2]int{{190, 198}},
			Says: "The announcement channel is for awareness. It hears of an escalation that is opened, whose severity changes, and that is closed or back in everyday business. All else belongs in the escalation's own channel.",
			By:   []Actor{Lint, Apply}, Settings: []string{"channels.announcement"},
			Reading: "It also hears of a significant change of status (a second one on a day is a warning), of a reopening and of a withdrawal.",
		},
		{
			Number: "P23", Title: "A significant change", Lines: [][2]int{{204, 204}},
			Says: "When the status changes significantly, both channels are told, and all DRIs are pinged.",
			By:   []Actor{Apply}, People: "Say that an update is significant: `significant: true`.",
		},
		{
			Number: "P24", Title: "Updates", Lines: [][2]int{{72, 75}, {113, 116}, {148, 148}, {159, 159}, {205, 206}},
			Says: "Updates go to the case's CTA and to the channels, as often as the severity asks. Exit criteria and DRIs in the case are kept up to date. An update says when, who, to whom and what.",
			By:   []Actor{Lint, Plan, Apply, Stale}, Reading: "The source wants all updates in the CTA; here the record is git, and what must be pasted there is printed, ready to copy.",
			People: "Paste updates, exit criteria, DRIs and standups into the CTA, and work through its tasks.",
		},
		{
			Number: "P25", Title: "The channel hears daily", Lines: [][2]int{{205, 205}, {115, 115}, {210, 210}},
			Says: "The channel hears something at least daily, also that nothing has changed.",
			By:   []Actor{Lint, Stale, Audit}, Settings: []string{"severities.<level>.channel", "regions"},
			Reading: "At critical on every calendar day, at high on every working day of the region, below as advice. Any update counts; one on each day keeps the clock, at whatever hour. No clock starts before the fact that it counts from was told. At critical and high the DRI is asked once, from 15:00 of a day without an update on. Of a low one that heard nothing for 30 days the digest asks whether it still is an escalation.",
			People:  "A reminder of one's own in the afternoon does the same.",
		},
		{
			Number: "P26", Title: "The customer hears regularly", Lines: [][2]int{{28, 35}, {206, 206}},
			Says: "The customer hears of the progress regularly: three times a week or more, as the situation asks; by the cadence of the severity daily, several times a week, weekly to every two weeks.",
			By:   []Actor{Lint, Stale, Audit}, Settings: []string{"severities.<level>.customer", "regions"},
			Reading: "The table of the severities wins. At critical the customer hears on every day; at high by the end of the second working day after the last time; at medium after 7 days (the DRI is asked after 10, and it is overdue after 14); at low there is no clock. An update with `to: [customer]` counts.",
			People:  "Talk to the customer, by call or e-mail, and write down that it happened.",
		},
		{
			Number: "P27", Title: "The CSM manager", Lines: [][2]int{{235, 239}},
			Says: "The CSM manager sees to it that the CSM knows the process and manages the escalation, that it moves forward, that here and at the customer everybody is clear on actions and next steps, and steps in where need be.",
			By:   []Actor{Lint, Stale}, Settings: []string{"ladder", "review", "severities.<level>.informs"},
			Reading: "What is overdue climbs: the DRI is asked at once, the manager too after one more working day, the CSM leader too after two. At critical the manager is asked at once, and the leader twelve hours later. The leader hears only of a customer who waits and of an escalation without a next step, at critical also of a silent channel, and only where the leader is informed at that severity. People are asked in the working hours of the region, at critical at any hour. `snooze: {until: DATE, reason: TEXT, by: HANDLE}` holds back the reminders to update the customer, for at most seven days and never at critical; where the policy has `review: [snooze]`, a manager says so.",
			People:  "Make the CSM familiar with the process, and drive action and alignment.",
		},
		{
			Number: "P28", Title: "What else is late", Lines: [][2]int{{62, 62}, {109, 111}, {239, 239}},
			Says: "A next step past its date, exit criteria that are all met while the escalation is open, no open step while criteria are unmet, a standup that is missing after 24 hours, a CSE or a Product DRI that is pending for too long: each is asked about, with its owner.",
			By:   []Actor{Stale}, Settings: []string{"deadlines", "product.pending_hours"},
			Reading: "Exit criteria may all be met for two working days. Critical is asked about on every day, the rest on working days. Whoever is asked is invited to the channel, and gets the link to the file. A role that nobody holds and a cover that has ended are told as advice.",
		},
		{
			Number: "P29", Title: "The CSE", Lines: [][2]int{{256, 262}},
			Says: "For a CSE account the CSE leads the calls with the customer, determines the exit criteria, coordinates the way forward, workarounds and best practice across functions, summarizes in the channel on the severity's cadence, and writes to the customer. An issue keeps what can be learned from it.",
			By:   []Actor{Lint, Stale, Apply}, Reading: "The updates to the channel and to the customer are the CSE's turn first, then the regional CSE leader's, then the CSM leader's; the DRI is mentioned, too. The issue is linked at the closing at the latest.",
			People: "Lead the calls, coordinate, write the e-mails and the issue.",
		},
		{
			Number: "P30", Title: "Agreement to close", Lines: [][2]int{{216, 216}},
			Says: "An escalation is closed when the stakeholders here and the customer agree that the situation is resolved, and an issue or an e-mail shows it.",
			By:   []Actor{Lint}, Reading: "One link shows both. A manager may waive it with a reason: where the outcome is not positive and the customer is gone, or with the link of the request that the customer did not answer.",
			People: "Ask the customer.",
		},
		{
			Number: "P31", Title: "What the closure answers", Lines: [][2]int{{218, 218}, {227, 233}},
			Says: "Did it end with a positive outcome, a negative one or none? Were the exit criteria met? What did the team do that closed it, in brief?",
			By:   []Actor{Lint, Apply}, Reading: "A yes to the exit criteria agrees with the file; a no has a sentence that says why, and the closure names those that were not met. The DRI closes, or the stand-in or a manager.",
		},
		{
			Number: "P32", Title: "The root cause analysis", Lines: [][2]int{{218, 218}},
			Says: "If the customer asks for a root cause analysis and the escalation is about the platform, Engineering leads it and delivers it in writing to the DRI.",
			By:   []Actor{Lint, Stale, Apply}, Reading: "It stands in the file as `rca` from the day on which it is asked for, before the closing or after it. About the platform, it has an owner and a date at the closing, or when it is asked for later; it is overdue after that date, and then its owner and the owner's managers are asked. That it is asked for and delivered is told.",
			People: "Write it.",
		},
		{
			Number: "P33", Title: "What is done at the closing", Lines: [][2]int{{220, 227}},
			Says: "The closure is posted in the CTA with the template \"At-Risk/Escalation - Closure\", and the same text in the announcement channel. The temporary channel is archived. The customer's CSM sentiment is updated to the new state of the account.",
			By:   []Actor{Lint, Apply}, Settings: []string{"sentiments"},
			Reading: "The sentiments are green, yellow and red. The closing asks for one. The channel and the tracking issue have the same text as the announcement, which is printed to be pasted into the CTA as well.",
			People:  "Paste the closure into the CTA, and set the sentiment there.",
		},
		{
			Number: "P34", Title: "How it ends", Lines: [][2]int{{195, 195}, {220, 220}},
			Says: "It is resolved, or it moves into a state that is none of escalation: the risk is low enough to be watched in everyday business.",
			By:   []Actor{Lint, Apply}, Reading: "The two are `resolved` and `deescalated`. One that was opened in error or twice is `withdrawn` by a manager, with a reason: one line tells it, and nothing else is asked for.",
		},
		{Number: "P35", Title: "A closed escalation does not change", Says: "It may be reopened, with an update that says why; its analysis (`rca`), pattern issue and sentiment may be set or corrected; what else the closure says is corrected together with `closure.amended: {at, by, why}`; an update may be redacted. Nothing else of it changes.", By: []Actor{Lint, Apply}},
		{Number: "P36", Title: "The path is the identity", Says: "The file of an escalation is never renamed or deleted, and its name is never used for another.", By: []Actor{Lint}},
		{
			Number: "P37", Title: "Times do not lie",
			Says: "What was told stays told. Each update is later than the one before, none is older than the opening, and the closure is after all of it. A new update stands at the end; it is not of the future, and at most three working days old. Past updates, the opening and the customer do not change. The opening, the closure, a met criterion and a step that is done are not of the future either; a step that is due more than a year ahead is a warning.",
			By:   []Actor{Lint, Apply, Audit}, Settings: []string{"regions"},
			Reading: "There is always a legal way. A past update is corrected by a new one that `amends` it. The customer's name changes with an update that says why. Text that should never have been written gives way to `redacted:` and the reason; what was posted of it is edited, too.",
			People:  "What was redacted still stands in git's history and in that of the ledger: to take it out there is work by hand.",
		},
		{Number: "P38", Title: "A change is explained", Says: "A change of the severity or the DRI, an exit criterion that is dropped or rewritten, and a reopening each come with a new update that says why, in words. A reopened escalation has at least one unmet criterion and one open step. A rewritten ask, approach, description or link is told in the channel in one line.", By: []Actor{Lint, Apply}},
		{Number: "P39", Title: "History answers", Says: "For any moment the history says who was the DRI, what the severity was, who had been told, and which notice was posted where.", By: []Actor{Log}},
		{Number: "P40", Title: "Names and twins", Says: "An id is a file name that every machine can have: none that Windows keeps for itself, and no two that differ in upper and lower case alone. Of two open escalations of one customer one names the other in `related`: else it is a warning at the later one, and its declaration names the other.", By: []Actor{Lint, Apply}},
	}
}

// Elsewhere is what the source says that is no rule: where to read on.
func Elsewhere() []Rule {
	return []Rule{
		{Title: "Related pages", Lines: [][2]int{{5, 5}, {264, 268}}, Says: "The handbook of the CSMs; Support and its own escalations; Product's template for a request; the assessment of a customer's health, and what follows from it."},
	}
}
