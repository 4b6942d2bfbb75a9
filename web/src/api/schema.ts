// Shapes of the API, as the server describes them. Made by tools/generate; changes belong in the server.

export interface SignInWish {
  /** The account's name. */
  readonly name?: string;
  /** Its password. */
  readonly password?: string;
  /** Instead of both: the secret of a one-time link. */
  readonly link?: string;
}

export interface SignedIn {
  readonly account: Account;
}

export interface Account {
  /** Begins with acc_. */
  readonly id: string;
  /** The name to sign in with. */
  readonly name: string;
  /** The name to show. */
  readonly display_name: string;
  /** Whether it may administer. */
  readonly admin: boolean;
  /** Language of the page; empty = the browser's. */
  readonly locale: string;
  /** light, dark; empty = the system's. */
  readonly theme: string;
  /** When it was made. */
  readonly created_at: string;
  /** Whether a password is set. */
  readonly has_password: boolean;
  /** Since when nobody can sign in by it; absent = somebody can. */
  readonly closed_at?: string;
}

export interface AccountChange {
  /** 1 to 100 characters. */
  readonly display_name?: string;
  /** en, de, or empty for the browser's. */
  readonly locale?: string;
  /** light, dark, or empty for the system's. */
  readonly theme?: string;
}

export interface PasswordWish {
  /** The present password, if one is set. */
  readonly current?: string;
  /** The new password. */
  readonly new?: string;
}

export interface Token {
  /** Begins with tok_. */
  readonly id: string;
  /** What its owner calls it. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: readonly string[];
  /** When it was made. */
  readonly created_at: string;
  /** When it stops working; absent = never. */
  readonly expires_at?: string;
  /** When it was last used, within ten minutes; absent = never. */
  readonly last_used_at?: string;
}

export interface TokenWish {
  /** 1 to 100 characters. */
  readonly name?: string;
  /** What it may do; absent = everything but administer. */
  readonly scopes?: readonly string[];
  /** Seconds until it stops working; absent = never. */
  readonly expires_in_s?: number;
}

export interface MadeToken {
  /** Begins with tok_. */
  readonly id: string;
  /** The secret, shown this once. */
  readonly token: string;
  /** What its owner calls it. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: readonly string[];
  /** When it was made. */
  readonly created_at: string;
  /** When it stops working; absent = never. */
  readonly expires_at?: string;
}

export interface Notices {
  /** How many one has not seen. */
  readonly unread: number;
  /** The last 200, newest first. */
  readonly notices: readonly Notice[];
}

export interface Notice {
  /** Begins with ntc_. */
  readonly id: string;
  /** mentioned, answered, commented, shared, given, asked or added. */
  readonly kind: string;
  readonly by: Person;
  /** The id of the document or the group. */
  readonly about: string;
  /** Its name. */
  readonly title: string;
  /** The id of the comment, of the first three. */
  readonly comment?: string;
  /** How what was said begins; may be empty. */
  readonly words: string;
  /** When. */
  readonly made_at: string;
  /** Whether one has seen it. */
  readonly read: boolean;
}

export interface Person {
  /** Begins with acc_. */
  readonly id: string;
  /** The name to sign in with. */
  readonly name: string;
  /** The name to show. */
  readonly display_name: string;
}

export interface Group {
  /** Begins with grp_. */
  readonly id: string;
  /** 1 to 100 bytes. */
  readonly title: string;
  /** One's own: member, or manager, who changes it and sees who is in it. */
  readonly part: string;
  /** How many belong to it, managers included. */
  readonly members: number;
  /** When it was made. */
  readonly made_at: string;
  /** For managers: until when others can come by its invitation; absent = there is none. */
  readonly invitation_ends_at?: string;
}

export interface GroupWish {
  /** 1 to 100 bytes, no line breaks. */
  readonly title?: string;
}

export interface GroupMember {
  readonly person: Person;
  /** member or manager. */
  readonly part: string;
  /** Since when. */
  readonly joined_at: string;
}

export interface MemberWish {
  /** The name of an account. */
  readonly account?: string;
  /** member or manager; absent = member. */
  readonly part?: string;
}

export interface InvitationWish {
  /** Seconds until nobody comes by it any more; absent = four weeks. */
  readonly expires_in_s?: number;
}

export interface Invitation {
  /** Whoever has it can join, on the page /join/CODE; shown this once. */
  readonly code: string;
  /** Until when it holds. */
  readonly ends_at: string;
}

export interface Invited {
  /** The group's. */
  readonly title: string;
  /** Who looks after it; at most ten. */
  readonly managers: readonly Person[];
  /** Whether one is in it already. */
  readonly joined: boolean;
}

export interface Runtime {
  /** Begins with rt_. */
  readonly id: string;
  /** Its person's; empty: the one that everything uses unless told otherwise. */
  readonly name: string;
  /** queued, starting, ready, stopping or stopped. */
  readonly state: string;
  /** Of a stopped one, in a word: stopped, stopped_by_operator, cancelled, idle, needed, lifetime, quota, policy, out_of_memory, exited, killed, engine_gone, start_failed. Of a ready one: memory_ran_out when a process was killed for memory. */
  readonly reason?: string;
  /** The same as a sentence. */
  readonly message?: string;
  /** When it began. */
  readonly started_at: string;
  /** When its time is over. */
  readonly ends_at: string;
  readonly memory?: Share;
  readonly cpu?: CpuShare;
  readonly disk?: Share;
  readonly drive?: Share;
  readonly processes?: Share;
  readonly network?: RuntimeNetwork;
  /** How many kernels run in it. */
  readonly kernels: number;
  /** What it was made from. */
  readonly image: string;
  /** Whose limits it has. */
  readonly tier: string;
  /** The device it has, such as nvidia.com/gpu=0, or the kind that it waits for. */
  readonly accelerator?: string;
  readonly accelerator_memory?: Share;
  /** Of the last moments, 0 to 1; absent where nobody knows. */
  readonly accelerator_busy?: number;
  readonly outlook?: RuntimeOutlook;
  readonly queue?: QueuePlace;
  /** What holds of it by the rules of the commons, the last first. */
  readonly decisions: readonly Decision[];
}

export interface Share {
  /** In use now. */
  readonly used: number;
  /** Allowed. */
  readonly limit: number;
}

export interface CpuShare {
  /** Seconds of computing so far. */
  readonly used_s: number;
  /** Processors at once. */
  readonly limit: number;
}

export interface RuntimeNetwork {
  /** egress: the public internet, but no private network; allow-list: what its tier names; none: nothing, because its tier or this machine has none. */
  readonly access: string;
  /** Bytes since it began. */
  readonly sent: number;
  /** Bytes since it began. */
  readonly received: number;
}

export interface RuntimeOutlook {
  /** When it is stopped if nothing runs in it until then; absent while something runs. */
  readonly idle_ends_at?: string;
  /** Others wait for a place, so that an idle runtime ends sooner. */
  readonly needed_by_others: boolean;
  /** When its person's compute units are used up; absent where they are not counted. */
  readonly units_end_at?: string;
}

export interface QueuePlace {
  /** 1 = next. */
  readonly place: number;
  /** How many wait. */
  readonly of: number;
  /** Seconds until its turn, judged by how often places became free; absent when unknown. */
  readonly estimate_s?: number;
  /** Why nobody is let in just now; absent = somebody is. */
  readonly paused?: string;
}

export interface Decision {
  /** Begins with dec_. */
  readonly id: string;
  readonly rule: string;
  readonly version: number;
  /** Of the rule. */
  readonly title: string;
  readonly title_de: string;
  /** What is not allowed. */
  readonly text: string;
  readonly text_de: string;
  /** Why. */
  readonly reason: string;
  readonly reason_de: string;
  /** What is allowed. */
  readonly instead: string;
  readonly instead_de: string;
  /** notice, warning, throttle, stop, hold or restrict (proposed by one person of the staff, while it has no end). */
  readonly step: string;
  /** What is slowed down. */
  readonly throttle?: string;
  /** In which it was seen; empty = none ran. */
  readonly runtime: string;
  /** What was seen. */
  readonly evidence: readonly Finding[];
  readonly at: string;
  /** By itself. */
  readonly ends_at?: string;
  /** It holds no more. */
  readonly ended_at?: string;
  /** lifted, lapsed, paused or overturned. */
  readonly ending?: string;
  /** To a warning: run_anyway, allowed_use or cancelled. */
  readonly answer?: string;
  readonly remark?: string;
  readonly appealable: boolean;
  readonly appeal?: Appeal;
  /** When it is deleted, unless an appeal is open. */
  readonly forgotten_at?: string;
}

export interface Finding {
  readonly detector: string;
  /** code, exec, cpu, network, payload, account: where it was seen. */
  readonly family: string;
  /** 1 weak, 2 medium, 3 hard evidence. */
  readonly tier: number;
  readonly since: string;
  /** What was seen. */
  readonly says: string;
  /** In German. */
  readonly says_de: string;
  /** Of the cell. */
  readonly line?: number;
  /** What stands there. */
  readonly excerpt?: string;
}

export interface Appeal {
  readonly words: string;
  readonly made_at: string;
  /** upheld or overturned; absent while nobody has answered. */
  readonly outcome?: string;
  readonly answered_at?: string;
  readonly answer?: string;
}

export interface RuntimeWish {
  /** Which one; absent = the one without a name. */
  readonly name?: string;
}

export interface RuntimeName {
  /** 1 to 40 bytes on one line. */
  readonly name?: string;
}

export interface NotebookRuntime {
  /** Of the notebook's session. */
  readonly path: string;
  /** The name of the runtime it uses; empty: the one without a name. */
  readonly runtime: string;
}

export interface RuntimeTypes {
  /** What the machine has and one's tier allows a runtime to have one of. */
  readonly accelerators: readonly Accelerator[];
  /** The runtimes that are to have one. */
  readonly runtimes: readonly RuntimeType[];
}

export interface Accelerator {
  /** As the Container Device Interface spells it, such as nvidia.com/gpu. */
  readonly kind: string;
  /** How many the machine has. */
  readonly count: number;
  /** How many of them nobody has just now. */
  readonly free: number;
  /** Compute units that an hour of a runtime with one costs. */
  readonly units_per_hour: number;
}

export interface RuntimeType {
  /** Of the runtime; empty: the one without a name. */
  readonly name: string;
  /** The kind that it has from its next start on; empty: none. */
  readonly accelerator: string;
}

export interface RuntimeUse {
  readonly at: string;
  /** Working set at that moment. */
  readonly memory_bytes: number;
  /** Processors, on average since the moment before. */
  readonly cpus: number;
}

export interface Quota {
  readonly tier: Tier;
  readonly budget?: GroupBudget;
  /** When another tier holds; absent = no end. */
  readonly tier_until?: string;
  /** Why it was given. */
  readonly tier_reason?: string;
  /** Compute units of this period, up to now. */
  readonly used: number;
  /** When the period began. */
  readonly since: string;
  /** When the units are full again; absent where they are not counted. */
  readonly refills_at?: string;
  /** The last 14, today last; what a runtime uses is written down every few minutes. */
  readonly days: readonly DayOfUse[];
}

export interface Tier {
  readonly name: string;
  /** What people read. */
  readonly title: string;
  /** Of a runtime. */
  readonly memory_bytes: number;
  /** Processors of a runtime. */
  readonly cpus: number;
  /** Of a runtime. */
  readonly disk_bytes: number;
  /** Of an account's files, the trash included; 0 = no limit. */
  readonly drive_bytes: number;
  /** And threads of a runtime. */
  readonly processes: number;
  /** How many an account may have at once. */
  readonly runtimes: number;
  /** A runtime ends after this time. */
  readonly lifetime_s: number;
  /** A runtime in which nothing runs ends after this time; 0 = never. */
  readonly idle_s: number;
  /** none, egress (the public internet) or allow-list (what reach names and nothing else). */
  readonly network: string;
  /** What may be reached beside that. */
  readonly reach: readonly string[];
  /** How much faster than others it goes ahead in the queue. */
  readonly weight: number;
  /** Compute units that an hour of a runtime costs. */
  readonly units_per_hour: number;
  /** Compute units in each period; 0 = as many as one likes. */
  readonly units: number;
  /** After this time they are full again. */
  readonly period_s: number;
  /** Kinds of which a runtime may have one. */
  readonly accelerators: readonly string[];
  /** What a runtime with one costs beside that. */
  readonly units_per_accelerator_hour: number;
}

export interface GroupBudget {
  /** Begins with grp_. */
  readonly group: string;
  /** The group's. */
  readonly title: string;
  /** For all of the group together; absent = no such limit. */
  readonly units?: number;
  /** Of them, by all of the group since it was given; written down every few minutes. */
  readonly used: number;
}

export interface DayOfUse {
  /** Midnight UTC. */
  readonly begins: string;
  /** Compute units. */
  readonly units: number;
}

export interface UsageEntry {
  readonly began_at: string;
  readonly ended_at: string;
  /** Compute units; less than 0 when some were given. */
  readonly units: number;
  /** Seconds of processor time, measured from outside. */
  readonly cpu_s: number;
  readonly tier: string;
  /** Absent in a correction. */
  readonly runtime?: string;
  /** Of a correction. */
  readonly reason?: string;
}

export interface Packages {
  /** Python packages that lie among the person's files, for every runtime. */
  readonly kept: readonly Package[];
  /** Those that were installed in this runtime and are not kept. */
  readonly added: readonly Package[];
  /** How much room these would take. */
  readonly added_bytes: number;
  /** Whether there is a place to keep them in. */
  readonly possible: boolean;
}

export interface Package {
  readonly name: string;
  readonly version: string;
}

export interface ListeningPort {
  readonly port: number;
  /** What listens there, as it was started; empty when that cannot be seen. */
  readonly program: string;
}

export interface Preview {
  /** Begins with app-; /preview/ID is a link for all who may see it. */
  readonly id: string;
  readonly owner: Person;
  readonly runtime: string;
  readonly port: number;
  /** Who else sees it; told to its owner alone. */
  readonly viewers: readonly Person[];
  /** When. */
  readonly made_at: string;
}

export interface PreviewWish {
  /** One of theirs that runs. */
  readonly runtime?: string;
  /** 1 to 65535; nothing need listen there yet. */
  readonly port?: number;
}

export interface ViewerWish {
  /** The name to sign in with. */
  readonly account?: string;
}

export interface PreviewLinkWish {
  /** Where in the web app it leads; absent = /. */
  readonly path?: string;
}

export interface PreviewLink {
  /** For one browser, once, within a minute. */
  readonly url: string;
}

export interface Policy {
  /** The number of the last version of any rule; 0 = there are no rules. */
  readonly last: number;
  /** Up to which number the caller has accepted them; absent when nobody is signed in. */
  readonly accepted?: number;
  /** Rules that do not hold for the caller, for some time. */
  readonly exemptions: readonly Exemption[];
  /** A decision that keeps the caller from runtimes, or is proposed to. */
  readonly restriction?: string;
  /** Whether browsers that several accounts sign in by are recognised. */
  readonly looks_at_accounts: boolean;
  /** Those that hold and those that are announced. */
  readonly rules: readonly Rule[];
}

export interface Exemption {
  readonly rule: string;
  /** From then on it holds again. */
  readonly ends_at: string;
  readonly reason: string;
}

export interface Rule {
  readonly id: string;
  /** Of all versions of all rules, in the order of publication. */
  readonly number: number;
  /** Of this rule. */
  readonly version: number;
  readonly title: string;
  readonly title_de: string;
  /** What is not allowed. */
  readonly text: string;
  readonly text_de: string;
  /** Why. */
  readonly reason: string;
  readonly reason_de: string;
  /** What is allowed. */
  readonly instead: string;
  readonly instead_de: string;
  /** What it goes by, as those concerned are told. */
  readonly says: readonly string[];
  readonly says_de: readonly string[];
  /** Whom it holds for; empty = everybody. */
  readonly tiers: readonly string[];
  /** The furthest step that is taken without people: log, notice, warning, throttle, stop, hold. */
  readonly most: string;
  /** What is slowed down: cpu, connections, all_but_web, upload. */
  readonly throttle: string;
  /** Whether its decisions can be appealed against. */
  readonly appeal: boolean;
  /** Why it bound at once; absent when it did not. */
  readonly emergency?: string;
  readonly emergency_de?: string;
  readonly announced_at: string;
  /** From then on it holds. */
  readonly binds_at: string;
  /** Until then what would be done is only logged. */
  readonly enforced_at: string;
  /** Since then it is no longer published. */
  readonly withdrawn_at?: string;
  /** upcoming, watching (it holds and is not yet enforced), in_force, paused, superseded or withdrawn. */
  readonly state: string;
}

export interface PolicyNumbers {
  /** That they are about, up to now. */
  readonly days: number;
  /** A number about fewer accounts than these is not told. */
  readonly least: number;
  readonly rules: readonly RuleNumbers[];
}

export interface RuleNumbers {
  readonly rule: string;
  /** That it concerned; absent = some, but too few to say. */
  readonly accounts?: number;
  /** How often each step was taken; those that concerned too few are not there. */
  readonly steps: Readonly<Record<string, unknown>>;
  /** Against it; absent = too few people were concerned. */
  readonly appeals?: number;
  /** Of these. */
  readonly overturned?: number;
}

export interface PolicyAcceptance {
  /** The number up to which the rules were read. */
  readonly up_to?: number;
}

export interface DecisionAnswer {
  /** run_anyway, allowed_use or cancelled. */
  readonly answer?: string;
  /** One line, for whoever may look at it; at most 300 bytes. */
  readonly remark?: string;
}

export interface AppealWish {
  /** At most 4000 bytes. */
  readonly words?: string;
}

export interface StaffDecisions {
  /** Newest first. */
  readonly decisions: readonly StaffDecision[];
}

export interface StaffDecision {
  /** Its name. */
  readonly account: string;
  /** 1 = it was only logged. */
  readonly shadow: number;
  /** Of a restriction. */
  readonly proposed_by?: string;
  /** Absent: nothing holds yet. */
  readonly confirmed_by?: string;
  /** Seconds from its confirmation on. */
  readonly lasts_s?: number;
  readonly decision: Decision;
}

export interface AppealAnswer {
  /** upheld or overturned. */
  readonly outcome?: string;
  /** To the person; why. */
  readonly words?: string;
}

export interface RestrictionWish {
  /** Its name. */
  readonly account?: string;
  /** By which it is proposed. */
  readonly rule?: string;
  /** Seconds during which it starts no runtime; an hour to a year. */
  readonly for_s?: number;
  /** The person reads it. */
  readonly reason?: string;
}

export interface ExemptionWish {
  /** Its name; either this or a group. */
  readonly account?: string;
  /** Its id: the rule does not hold for those who belong to it. */
  readonly group?: string;
  /** That does not hold for it. */
  readonly rule?: string;
  /** Seconds until it holds again; a year at most. */
  readonly for_s?: number;
  /** The person reads it. */
  readonly reason?: string;
}

export interface RulesHealth {
  readonly rules: readonly RuleHealth[];
}

export interface RuleHealth {
  readonly rule: string;
  readonly title: string;
  readonly title_de: string;
  readonly version: number;
  /** As in Rule. */
  readonly state: string;
  /** How often each step was taken within 30 days. */
  readonly steps: Readonly<Record<string, unknown>>;
  /** How often it would have been. */
  readonly shadow_steps: Readonly<Record<string, unknown>>;
  /** To how many accounts. */
  readonly accounts: number;
  /** Against them. */
  readonly appeals: number;
  readonly open_appeals: number;
  readonly overturned: number;
  /** Between this share and the next one of its stops and holds were right, judged by the appeals that were answered (Wilson's interval, 95 %). */
  readonly right_low: number;
  readonly right_high: number;
}

export interface OperatorRuntimes {
  readonly runtimes: readonly OperatorRuntime[];
  /** Bytes, to those that run. */
  readonly memory_promised: number;
  /** Bytes that may be promised. */
  readonly memory_of_all: number;
  /** In the queue. */
  readonly waiting: number;
  /** Why no new ones are let in; absent = they are. */
  readonly paused?: string;
}

export interface OperatorRuntime {
  readonly id: string;
  /** Its name. */
  readonly account: string;
  /** Of the runtime; most have none. */
  readonly name: string;
  readonly state: string;
  readonly tier: string;
  readonly started_at: string;
  /** That it may use. */
  readonly memory_bytes: number;
  /** How long nothing has run in it. */
  readonly idle_s?: number;
  /** In the queue; 1 = next. */
  readonly place?: number;
}

export interface StopWish {
  readonly runtime?: string;
  /** A sentence for its person. */
  readonly reason?: string;
}

export interface PauseWish {
  /** 1 to 500 bytes; who waits reads it. */
  readonly reason?: string;
}

export interface Tiers {
  readonly tiers: readonly Tier[];
}

export interface GrantWish {
  /** Its name; either this or a group. */
  readonly account?: string;
  /** Its id. */
  readonly group?: string;
  readonly tier?: string;
  /** For a group: the compute units that its people may use of it together; absent = no such limit. */
  readonly units?: number;
  /** Seconds until it ends; absent = until another is given. */
  readonly for_s?: number;
  /** The person can read it. */
  readonly reason?: string;
}

export interface UnitsWish {
  /** Its name. */
  readonly account?: string;
  /** How many are given; less than 0 takes some. */
  readonly units?: number;
  /** The person can read it. */
  readonly reason?: string;
}

export interface Accounts {
  /** By name. */
  readonly accounts: readonly Account[];
  /** How many there are of that search, with those that were not asked for. */
  readonly found: number;
}

export interface AccountWish {
  readonly name?: string;
  readonly admin?: boolean;
  /** Absent = signs in by link. */
  readonly password?: string;
}

export interface LinkWish {
  /** Who is to sign in; absent = the first administrator. */
  readonly account?: string;
}

export interface Link {
  /** Signs in once, within a day. */
  readonly url: string;
}

export interface ClosingWish {
  /** The name to sign in with. */
  readonly account?: string;
  /** 1 to 500 bytes; the person reads it. */
  readonly reason?: string;
}

export interface AccountName {
  /** The name to sign in with. */
  readonly account?: string;
}

export interface Groups {
  readonly groups: readonly Group[];
}

export interface AuditEvents {
  /** Newest first. */
  readonly events: readonly AuditEvent[];
}

export interface AuditEvent {
  /** Its place in the journal. */
  readonly number: number;
  readonly at: string;
  readonly name: string;
  /** The ids of those it happened to, the actor first. */
  readonly subjects: readonly string[];
  /** A JSON object. */
  readonly detail: string;
}

export interface AuditVerification {
  /** How many are as they were written. */
  readonly events: number;
  /** The last of them and its hash, to keep elsewhere; empty for none. */
  readonly head: string;
  /** How many were written a moment ago and have no seal yet. */
  readonly unsealed: number;
  /** What is wrong; empty = nothing. */
  readonly broken: string;
}

export interface Trashed {
  /** Begins with tr_. */
  readonly id: string;
  /** Where it was. */
  readonly path: string;
  /** notebook, file or directory. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** When it was deleted. */
  readonly deleted_at: string;
  /** When it is deleted for good. */
  readonly expires_at: string;
}

export interface JoinedDocument {
  /** Begins with doc_. */
  readonly document: string;
  /** To be shown to its room: the log that a copy of it belongs to. */
  readonly session: string;
  /** The file's name. */
  readonly name: string;
  /** viewer, commenter, editor or owner. */
  readonly role: string;
  readonly owner: Person;
  /** On the drive; the owner's alone. */
  readonly path?: string;
  /** By which one's own kernel session of it is known; absent when one cannot run it. */
  readonly session_path?: string;
  /** Whether one may run it in the owner's runtime. */
  readonly in_runtime: boolean;
}

export interface SharedDocument {
  /** Begins with doc_. */
  readonly document: string;
  /** That which was given to oneself, of which one can take leave; absent when it is everybody's. */
  readonly share?: string;
  /** The file's name. */
  readonly name: string;
  readonly owner: Person;
  /** What one may do: viewer, commenter or editor. */
  readonly role: string;
  /** When one has last opened it; absent = never. */
  readonly visited_at?: string;
}

export interface DocumentShare {
  /** Begins with shr_. */
  readonly id: string;
  /** account, group, everyone (with an account here) or link (whoever has the link; without an account only to read). */
  readonly whom: string;
  readonly person?: Person;
  readonly group?: SharedGroup;
  /** viewer, commenter or editor. */
  readonly role: string;
  /** Whether they may run it in the owner's runtime, which the owner's units pay for. */
  readonly in_runtime: boolean;
  /** When it ends; absent = never. */
  readonly expires_at?: string;
  /** When it was given. */
  readonly made_at: string;
}

export interface SharedGroup {
  /** Begins with grp_. */
  readonly id: string;
  readonly title: string;
}

export interface ShareWish {
  /** account, group, everyone or link. */
  readonly whom?: string;
  /** The name of an account, for whom = account. */
  readonly account?: string;
  /** The id of a group that one belongs to, for whom = group. */
  readonly group?: string;
  /** viewer, commenter or editor. */
  readonly role?: string;
  /** For editors who do not come by a link: whether they may run it in the owner's runtime. */
  readonly in_runtime?: boolean;
  /** Seconds until it ends; absent = never. */
  readonly expires_in_s?: number;
}

export interface AccessWish {
  /** viewer, commenter or editor. */
  readonly role?: string;
  /** To the owner; at most 1000 bytes. */
  readonly message?: string;
}

export interface AccessRequest {
  readonly person: Person;
  /** For what. */
  readonly role: string;
  /** What they say. */
  readonly message: string;
  /** When. */
  readonly made_at: string;
}

export interface Comment {
  /** Begins with cmt_. */
  readonly id: string;
  /** The id of the thread's first comment. */
  readonly thread: string;
  /** The id of the cell it is on; that may be gone. */
  readonly cell: string;
  readonly author: Person;
  /** At most 10,000 bytes; @name speaks to somebody. */
  readonly text: string;
  /** When. */
  readonly made_at: string;
  /** When its words were changed; absent = never. */
  readonly edited_at?: string;
  /** Of a thread's first one: since when it is resolved. */
  readonly resolved_at?: string;
  readonly resolved_by?: Person;
}

export interface CommentWish {
  /** At most 10,000 bytes. */
  readonly text?: string;
  /** The id of a cell, to begin a thread there. */
  readonly cell?: string;
  /** The id of a thread's first comment, to answer there. */
  readonly thread?: string;
}

export interface CommentChange {
  /** Other words; for who wrote it. */
  readonly text?: string;
  /** Of a thread's first one: whether the thread is resolved. */
  readonly resolved?: boolean;
}

export interface NewOwner {
  /** The name of the account that it shall belong to. */
  readonly account?: string;
}

export interface CopyWish {
  /** Whether what cells have printed is copied too; absent = yes. */
  readonly outputs?: boolean;
}

export interface Failure {
  /** What happened, in a sentence. */
  readonly message?: string;
  /** The same in a word, such as not_found. */
  readonly reason?: string;
}
