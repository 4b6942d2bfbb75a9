#include "server/api/routes.h"

// clang-format off
namespace allmende::api {

using enum Scope;
using enum Opening;

// A notebook of 128 MB as JSON or base64.
constexpr net::BodyLimit kLargestUpload{192U << 20U, "save a file in chunks: the first with chunk 1, the last with chunk -1"};

void declareRoutes(RouteTable& on, Apis& api) {
  // ---- pages ----
  on.get("/",                          Everybody, api.pages, &Pages::home,     "The home page; signing in when signed out.");
  on.get("/login",                     Everybody, api.pages, &Pages::home,     "The page to sign in; ?link= holds a one-time link.");
  on.get("/notebooks/{path*}",         Everybody, api.pages, &Pages::notebook, "The notebook page.");
  on.get("/d/{id}",                    Everybody, api.pages, &Pages::shared,   "The same for a notebook that one knows by its id: a share link.");
  on.get("/edit/{path*}",              Everybody, api.pages, &Pages::home,     "A text file of the drive, to read and change.");
  on.get("/policy",                    Everybody, api.pages, &Pages::home,     "The rules of this commons, for everybody to read.");
  on.get("/decisions",                 Everybody, api.pages, &Pages::home,     "What was decided of the person who is signed in.");
  on.get("/staff",                     Everybody, api.pages, &Pages::home,     "What the staff looks after: appeals, rules, decisions, the audit journal.");
  on.get("/join/{code}",               Everybody, api.pages, &Pages::home,     "An invitation to a group: what it is, and a button to join.");
  on.get("/machine",                   Everybody, api.pages, &Pages::home,     "What the staff looks after: runtimes, the queue, tiers and compute units.");
  on.get("/preview/{id}",              Everybody, api.previews, &PreviewsApi::lead, "Leads to a web app in a runtime; to sign-in first.");
  on.get("/policy.atom",               Unguarded, api.policy, &PolicyApi::feed, "A feed of the rules: what was announced when.");
  on.get("/frame.html",                Everybody, api.pages, &Pages::frame,    "The sandboxed page that shows untrusted output.");
  on.get("/assets/{path*}",            Unguarded, api.pages, &Pages::asset,    "A file of the page; never changes under its name.");
  on.get("/favicon.ico",               Unguarded, api.pages, &Pages::icon,     "The icon.");

  // ---- account ----
  on.post ("/api/sign-in",             Everybody,     api.account, &AccountApi::signIn,         "Sign in by name and password, or by a one-time link; sets the session cookie.");
  on.post ("/api/sign-out",            Everybody,     api.account, &AccountApi::signOut,        "End the session of the cookie.");
  on.get  ("/api/account",             ReadAccount,   api.account, &AccountApi::get,            "Who is signed in.");
  on.patch("/api/account",             ManageAccount, api.account, &AccountApi::change,         "Change the display name, language or theme.");
  on.put  ("/api/account/password",    ManageAccount, api.account, &AccountApi::changePassword, "Set a password; other sessions of the account end.");
  on.get  ("/api/preferences",         ReadAccount,   api.account, &AccountApi::getPreferences, "The page's settings: one JSON object.");
  on.put  ("/api/preferences",         ManageAccount, api.account, &AccountApi::setPreferences, "Replace the page's settings; at most 64 KB.");
  on.get  ("/api/tokens",              ReadAccount,   api.account, &AccountApi::listTokens,     "API tokens, without their secrets.");
  on.post ("/api/tokens",              ManageAccount, api.account, &AccountApi::createToken,    "Make an API token; its secret is shown this once.");
  on.del  ("/api/tokens/{id}",         ManageAccount, api.account, &AccountApi::revokeToken,    "Revoke an API token.");

  // ---- notices ----
  on.get  ("/api/notices",                      ReadAccount,   api.notices, &NoticesApi::list,         "What others did that concerns one: comments, notebooks, groups.");
  on.post ("/api/notices/read",                 ManageAccount, api.notices, &NoticesApi::markRead,     "One has seen them.");

  // ---- groups ----
  on.get  ("/api/groups",                       ReadAccount,   api.groups, &GroupsApi::list,           "Groups that one belongs to, by title.");
  on.post ("/api/groups",                       ManageAccount, api.groups, &GroupsApi::create,         "Make a group, whose manager one becomes.");
  on.get  ("/api/groups/{id}",                  ReadAccount,   api.groups, &GroupsApi::get,            "One of them.");
  on.patch("/api/groups/{id}",                  ManageAccount, api.groups, &GroupsApi::rename,         "Change its title; for managers, like all below.");
  on.del  ("/api/groups/{id}",                  ManageAccount, api.groups, &GroupsApi::remove,         "Delete it: what it was given is its people's no longer.");
  on.get  ("/api/groups/{id}/members",          ReadAccount,   api.groups, &GroupsApi::listMembers,    "Who belongs to it, managers first.");
  on.put  ("/api/groups/{id}/members",          ManageAccount, api.groups, &GroupsApi::putMember,      "Add somebody, or change their part.");
  on.del  ("/api/groups/{id}/members/{who}",    ManageAccount, api.groups, &GroupsApi::takeMember,     "Take somebody out; anybody can take out themselves.");
  on.post ("/api/groups/{id}/invitation",       ManageAccount, api.groups, &GroupsApi::invite,         "Make an invitation; the one before holds no longer.");
  on.del  ("/api/groups/{id}/invitation",       ManageAccount, api.groups, &GroupsApi::endInvitation,  "Nobody comes by it any more.");
  on.get  ("/api/invitations/{code}",           ReadAccount,   api.groups, &GroupsApi::readInvitation, "To which group an invitation is.");
  on.post ("/api/invitations/{code}",           ManageAccount, api.groups, &GroupsApi::join,           "Join that group.");

  // ---- runtimes ----
  on.get  ("/api/runtimes",                      ReadAccount,  api.runtimes, &RuntimesApi::list,     "The runtimes that run, with their use, and the last one of each name that ended.");
  on.post ("/api/runtimes",                      RunCode,      api.runtimes, &RuntimesApi::start,    "Start a runtime; the one of that name that runs is as good.");
  on.del  ("/api/runtimes/{id}",                 StopRuntimes, api.runtimes, &RuntimesApi::stop,     "Stop the runtime; done when nothing of it is left.");
  on.patch("/api/runtimes/{id}",                 RunCode,      api.runtimes, &RuntimesApi::rename,   "Give it another name; notebooks that use it go on to.");
  on.get  ("/api/notebook-runtime",              ReadAccount,  api.runtimes, &RuntimesApi::choice,   "Which runtime a notebook uses.");
  on.put  ("/api/notebook-runtime",              RunCode,      api.runtimes, &RuntimesApi::choose,   "Have a notebook use another runtime from now on; its kernel elsewhere is stopped.");
  on.get  ("/api/runtime-types",                 ReadAccount,  api.quota, &QuotaApi::types,           "Which accelerators there are for one's runtimes, and which runtimes are to have one.");
  on.put  ("/api/runtime-types",                 RunCode,      api.quota, &QuotaApi::chooseType,      "Which accelerator a runtime has from its next start on.");
  on.get  ("/api/runtimes/{id}/use",             ReadAccount,  api.runtimes, &RuntimesApi::use,      "What it used in the last hour, every 15 seconds; nothing when it does not run.");
  on.post ("/api/runtimes/{id}/keep",            StopRuntimes, api.runtimes, &RuntimesApi::keep,     "Keep it though nothing runs: its idle time begins anew.");
  on.get  ("/api/quota",                         ReadAccount,  api.quota, &QuotaApi::get,            "The tier of the account, what it allows, and what of it is used.");
  on.get  ("/api/quota/usage",                   ReadAccount,  api.quota, &QuotaApi::list,           "What was used when, newest first.");
  on.get  ("/api/quota/usage.csv",               ReadAccount,  api.quota, &QuotaApi::csv,            "The same as a table.");
  on.get  ("/api/runtimes/{id}/packages",        RunCode,      api.runtimes, &RuntimesApi::packages,       "Python packages that were installed in it, and those that are kept.");
  on.post ("/api/runtimes/{id}/packages",        RunCode,      api.runtimes, &RuntimesApi::keepPackages,   "Keep those that were installed, for every runtime from the next kernel on.");
  on.del  ("/api/runtimes/{id}/packages",        RunCode,      api.runtimes, &RuntimesApi::forgetPackages, "Keep none any more.");
  on.get  ("/api/runtimes/{id}/contents/{path*}", RunCode,     api.runtimes, &RuntimesApi::contents, "Files of /content in the runtime, as Jupyter's contents.");
  on.post ("/api/runtimes/{id}/contents/{path*}", RunCode,     api.runtimes, &RuntimesApi::contents, "Make a file or folder in the runtime.").upTo(kLargestUpload);
  on.put  ("/api/runtimes/{id}/contents/{path*}", RunCode,     api.runtimes, &RuntimesApi::contents, "Save a file in the runtime.").upTo(kLargestUpload);
  on.patch("/api/runtimes/{id}/contents/{path*}", RunCode,     api.runtimes, &RuntimesApi::contents, "Rename a file in the runtime.");
  on.del  ("/api/runtimes/{id}/contents/{path*}", RunCode,     api.runtimes, &RuntimesApi::contents, "Delete a file in the runtime.");
  on.get  ("/api/runtimes/{id}/files/{path*}",    RunCode,     api.runtimes, &RuntimesApi::files,    "The bytes of a file in the runtime.");

  on.get  ("/api/runtimes/{id}/ports",            RunCode,     api.previews, &PreviewsApi::ports,    "What listens in the runtime: web apps that can be shown.");

  on.post ("/api/webhooks/tier",                  Unguarded,   api.webhooks, &WebhooksApi::giveTier, "Give an account a tier, signed as Standard Webhooks are: for a service that takes payments.");

  // ---- web apps in runtimes ----
  on.get  ("/api/previews",                       ReadAccount, api.previews, &PreviewsApi::list,     "Web apps that are shown to the account, its own first.");
  on.post ("/api/previews",                       RunCode,     api.previews, &PreviewsApi::open,     "Show what listens at a port of a runtime, to oneself; the one that is there is as good.");
  on.del  ("/api/previews/{id}",                  RunCode,     api.previews, &PreviewsApi::end,      "Show it no longer, to nobody.");
  on.put  ("/api/previews/{id}/viewers",          RunCode,     api.previews, &PreviewsApi::show,     "Show it to somebody else, too.");
  on.del  ("/api/previews/{id}/viewers/{who}",    RunCode,     api.previews, &PreviewsApi::hide,     "Show it to them no longer.");
  on.post ("/api/previews/{id}/link",             RunCode,     api.previews, &PreviewsApi::link,     "A link that lets one browser in.");

  // ---- the rules of the commons ----
  on.get  ("/api/policy",                        Everybody,     api.policy, &PolicyApi::get,         "The rules that hold or are announced.");
  on.get  ("/api/policy/versions",               Everybody,     api.policy, &PolicyApi::versions,    "Every version of every rule, the newest first.");
  on.get  ("/api/policy/numbers",                Unguarded,     api.policy, &PolicyApi::numbers,     "What the rules did within 90 days; nothing about fewer than 20 accounts.");
  on.put  ("/api/policy/acceptance",             ManageAccount, api.policy, &PolicyApi::accept,      "Say that one has read the rules.");
  on.get  ("/api/decisions",                     ReadAccount,   api.policy, &PolicyApi::list,        "What was decided of the account, newest first.");
  on.get  ("/api/decisions/{id}",                ReadAccount,   api.policy, &PolicyApi::decision,    "One decision.");
  on.put  ("/api/decisions/{id}/answer",         RunCode,       api.policy, &PolicyApi::answer,      "Answer the question of a warning.");
  on.post ("/api/decisions/{id}/appeal",         ManageAccount, api.policy, &PolicyApi::appeal,      "Ask a person to look at it again.");
  on.get  ("/api/staff/decisions",               Administer,    api.staff, &StaffApi::list,          "Decisions of everybody, newest first.");
  on.get  ("/api/staff/decisions/{id}",          Administer,    api.staff, &StaffApi::get,           "One of them; the look is noted.");
  on.post ("/api/staff/decisions/{id}/lift",     Administer,    api.staff, &StaffApi::lift,          "End a measure before its time.");
  on.put  ("/api/staff/decisions/{id}/appeal",   Administer,    api.staff, &StaffApi::answer,        "Answer an appeal.");
  on.post ("/api/staff/restrictions",            Administer,    api.staff, &StaffApi::propose,       "Propose that an account starts no runtime for a time; it is told, and nothing holds yet.");
  on.post ("/api/staff/decisions/{id}/confirm",  Administer,    api.staff, &StaffApi::confirm,       "Confirm what somebody else proposed, after the person was heard.");
  on.post ("/api/staff/exemptions",              Administer,    api.staff, &StaffApi::exempt,        "A rule does not hold for an account or a group for some time, with a reason.");
  on.get  ("/api/staff/rules",                   Administer,    api.staff, &StaffApi::health,        "How the rules fare.");
  on.get  ("/api/staff/runtimes",                Administer,    api.staffQuota, &OperatorQuota::runtimes, "All runtimes that run or wait, and how much of the machine is promised.");
  on.post ("/api/staff/runtimes/stop",           Administer,    api.staffQuota, &OperatorQuota::stopAs,   "Stop somebody's runtime, with a reason for them.");
  on.post ("/api/staff/pause",                   Administer,    api.staffQuota, &OperatorQuota::pauseAs,  "Let no new runtimes in, with a reason for who waits; those that run go on.");
  on.post ("/api/staff/resume",                  Administer,    api.staffQuota, &OperatorQuota::resumeAs, "Let them in again.");
  on.get  ("/api/staff/tiers",                   Administer,    api.staffQuota, &OperatorQuota::tiers,    "All tiers.");
  on.post ("/api/staff/tiers/grant",             Administer,    api.staffQuota, &OperatorQuota::grantAs,  "Give an account or a group a tier.");
  on.post ("/api/staff/units",                   Administer,    api.staffQuota, &OperatorQuota::correctAs, "Give an account compute units, or take some.");
  on.get  ("/api/staff/accounts",                Administer,    api.staffAccounts, &OperatorAccounts::search,   "Accounts by name, some at a time.");
  on.post ("/api/staff/accounts",                Administer,    api.operators, &OperatorApi::createAccount,     "Make an account.");
  on.post ("/api/staff/accounts/link",           Administer,    api.operators, &OperatorApi::makeLinkAs,        "Make a link that signs in once, for who has no password or has forgotten it.");
  on.post ("/api/staff/accounts/close",          Administer,    api.staffAccounts, &OperatorAccounts::closeAs,  "Nobody signs in by an account any more, its runtimes end; what it has stays.");
  on.post ("/api/staff/accounts/reopen",         Administer,    api.staffAccounts, &OperatorAccounts::reopenAs, "Open a closed account again.");
  on.post ("/api/staff/accounts/erase",          Administer,    api.staffAccounts, &OperatorAccounts::eraseAs,  "Delete a closed account for good, with its files and notebooks.");
  on.get  ("/api/staff/groups",                  Administer,    api.staffGroups, &OperatorGroups::list,   "All groups.");
  on.get  ("/api/staff/audit",                   Administer,    api.audit, &AuditApi::list,          "What happened, newest first.");
  on.get  ("/api/staff/audit/verification",      Administer,    api.audit, &AuditApi::verify,        "Whether it is as it was written.");
  on.post ("/api/staff/rules/{rule}/resume",     Administer,    api.staff, &StaffApi::resume,        "A rule that has paused itself acts again.");

  // ---- drive ----
  on.get  ("/api/drive/recent",        ReadContents,  api.drive, &DriveApi::recent,    "Files last changed, newest first.");
  on.get  ("/api/drive/search",        ReadContents,  api.drive, &DriveApi::search,    "Files and folders whose path has every word.");
  on.get  ("/api/trash",               ReadContents,  api.drive, &DriveApi::listTrash, "What was deleted and can come back, newest first.");
  on.post ("/api/trash/{id}/restore",  WriteContents, api.drive, &DriveApi::restore,   "Bring it back.");
  on.del  ("/api/trash/{id}",          WriteContents, api.drive, &DriveApi::purge,     "Delete it for good.");
  on.del  ("/api/trash",               WriteContents, api.drive, &DriveApi::purgeAll,  "Delete everything in the trash for good.");

  // ---- Jupyter: the server ----
  on.get  ("/api",                     Unguarded, api.jupyter, &JupyterApi::version,     "The version of Jupyter's API.");
  on.get  ("/api/status",              SignedIn,  api.jupyter, &JupyterApi::status,      "Kernels and connections of the account.");
  on.get  ("/api/me",                  SignedIn,  api.jupyter, &JupyterApi::me,          "Identity, and which of the asked permissions there are.");
  on.patch("/api/me",                  ManageAccount, api.jupyter, &JupyterApi::changeMe, "Change the display name.");
  on.get  ("/api/spec.yaml",           SignedIn,  api.jupyter, &JupyterApi::spec,        "This API, described.");
  on.get  ("/api/openapi.json",        Unguarded, api.jupyter, &JupyterApi::openApi,     "This API, described as OpenAPI 3.1.");
  on.get  ("/api/nbconvert",           SignedIn,  api.jupyter, &JupyterApi::exporters,   "Formats a notebook can be converted to.");
  on.get  ("/api/resolvePath",         ReadContents, api.jupyter, &JupyterApi::resolvePath, "Where a path of a traceback lies in the drive.");
  on.post ("/api/shutdown",            Administer, api.jupyter, &JupyterApi::shutdown,   "Stop the server; kernels live on.");
  on.post ("/api/security/csp-report", Unguarded, api.jupyter, &JupyterApi::reportCsp,   "Browsers report violations of the page's policy here.");

  // ---- Jupyter: kernels ----
  on.get  ("/api/kernelspecs",                  SignedIn, api.kernelspecs, &KernelspecsApi::list, "What kernels can be started.");
  on.get  ("/api/kernelspecs/{name}",           SignedIn, api.kernelspecs, &KernelspecsApi::get,  "One kernelspec.");
  on.get  ("/kernelspecs/{name}/{file*}",       SignedIn, api.kernelspecs, &KernelspecsApi::file, "A kernelspec's logo or script.");
  on.get  ("/api/kernels",                      RunCode, api.kernels, &KernelsApi::list,      "Running kernels.");
  on.post ("/api/kernels",                      RunCode, api.kernels, &KernelsApi::start,     "Start a kernel, and the runtime when none runs.");
  on.get  ("/api/kernels/{kernel_id}",          RunCode, api.kernels, &KernelsApi::get,       "One kernel.");
  on.del  ("/api/kernels/{kernel_id}",          RunCode, api.kernels, &KernelsApi::stop,      "Stop a kernel.");
  on.post ("/api/kernels/{kernel_id}/interrupt", RunCode, api.kernels, &KernelsApi::interrupt, "Interrupt what it computes.");
  on.post ("/api/kernels/{kernel_id}/restart",  RunCode, api.kernels, &KernelsApi::restart,   "Restart it under the same id.");
  on.socket("/api/kernels/{kernel_id}/channels", RunCode, api.kernels, &KernelsApi::channels, "Kernel messages, both ways: v1.kernel.websocket.jupyter.org or the legacy protocol.");
  on.get  ("/api/sessions",                     RunCode, api.sessions, &SessionsApi::list,    "Which notebooks use which kernels.");
  on.post ("/api/sessions",                     RunCode, api.sessions, &SessionsApi::start,   "Bind a notebook to a kernel; the binding that is there is as good.");
  on.get  ("/api/sessions/{session_id}",        RunCode, api.sessions, &SessionsApi::get,     "One binding.");
  on.patch("/api/sessions/{session_id}",        RunCode, api.sessions, &SessionsApi::change,  "Change its path, name, type or kernel.");
  on.del  ("/api/sessions/{session_id}",        RunCode, api.sessions, &SessionsApi::stop,    "End it and its kernel.");
  on.get  ("/api/terminals",                    RunCode, api.terminals, &TerminalsApi::list,  "Open terminals.");
  on.post ("/api/terminals",                    RunCode, api.terminals, &TerminalsApi::start, "Open a terminal in the runtime.");
  on.get  ("/api/terminals/{name}",             RunCode, api.terminals, &TerminalsApi::get,   "One terminal.");
  on.del  ("/api/terminals/{name}",             RunCode, api.terminals, &TerminalsApi::stop,  "Close a terminal.");
  on.socket("/terminals/websocket/{name}",      RunCode, api.terminals, &TerminalsApi::socket, "A terminal's input and output, as terminado speaks.");
  on.post ("/api/events",                       SignedIn, api.events, &EventsApi::post,       "Tell an event to the account's subscribers.").upTo({256U << 10U});
  on.socket("/api/events/subscribe",            SignedIn, api.events, &EventsApi::subscribe,  "Events of the account.");

  // ---- Jupyter: contents ----
  on.get  ("/api/contents/{path*}",                          ReadContents,  api.contents, &ContentsApi::get,               "A file, notebook or folder.");
  on.post ("/api/contents/{path*}",                          WriteContents, api.contents, &ContentsApi::create,            "A new untitled file in a folder, or a copy.");
  on.put  ("/api/contents/{path*}",                          WriteContents, api.contents, &ContentsApi::save,              "Save, whole or in chunks; with If-Match, the hash that was read, only over that: 412 otherwise.").upTo(kLargestUpload);
  on.patch("/api/contents/{path*}",                          WriteContents, api.contents, &ContentsApi::rename,            "Rename or move.");
  on.del  ("/api/contents/{path*}",                          WriteContents, api.contents, &ContentsApi::remove,            "Move to the trash; X-Allmende-Trash names the entry.");
  on.get  ("/api/contents/{path*}/checkpoints",              ReadContents,  api.contents, &ContentsApi::listCheckpoints,   "Checkpoints of a file.");
  on.post ("/api/contents/{path*}/checkpoints",              WriteContents, api.contents, &ContentsApi::makeCheckpoint,    "Make the checkpoint.");
  on.post ("/api/contents/{path*}/checkpoints/{checkpoint_id}", WriteContents, api.contents, &ContentsApi::restoreCheckpoint, "Go back to it.");
  on.del  ("/api/contents/{path*}/checkpoints/{checkpoint_id}", WriteContents, api.contents, &ContentsApi::removeCheckpoint,  "Remove it.");
  on.post ("/api/contents/{path*}/trust",                    WriteContents, api.contents, &ContentsApi::trust,             "Accepted for stock clients: outputs are sandboxed, trusted or not.");
  on.get  ("/files/{path*}",                                 ReadContents,  api.contents, &ContentsApi::download,          "The bytes of a file.");

  // ---- live documents ----
  on.put   ("/api/collaboration/session/{path*}", ReadContents, api.documents, &DocumentsApi::session, "What to join a notebook's room with.");
  on.socket("/api/collaboration/room/{room}",     Everybody, api.documents, &DocumentsApi::room,    "A notebook's room: y-protocols' sync and awareness.");

  on.post  ("/api/documents/{id}/runs",           RunCode, api.documents, &DocumentsApi::run,         "Run cells in the notebook's kernel, one after the other; what they print goes into the document.");
  on.del   ("/api/documents/{id}/runs",           RunCode, api.documents, &DocumentsApi::cancelRuns,  "Forget the cells that wait and interrupt the one that runs.");
  on.post  ("/api/documents/{id}/input",          RunCode, api.documents, &DocumentsApi::answerInput, "Answer the input() of a run.");
  on.get   ("/api/documents/{id}/last-runs",      ReadContents, api.documents, &DocumentsApi::listLastRuns, "Who ran each cell last, when, and how it came out.");
  on.get   ("/api/documents/{id}/outputs/{run}",  Everybody, api.documents, &DocumentsApi::readRest,    "What a run printed beyond what its notebook holds, as text.");
  on.get   ("/api/documents/{id}/large-outputs/{hash}", Everybody, api.documents, &DocumentsApi::readOutput, "A large part of an output, which the document refers to by its hash, as JSON.");
  on.post  ("/api/documents/{id}/large-outputs",  WriteContents, api.documents, &DocumentsApi::adoptOutputs, "Parts of another document, which one may read, are this one's, too: before its cells are pasted here.");
  on.get   ("/api/documents/{id}/revisions",      ReadContents, api.documents, &DocumentsApi::listRevisions, "Earlier states of a notebook, the oldest first.");
  on.post  ("/api/documents/{id}/revisions",      WriteContents, api.documents, &DocumentsApi::nameRevision, "Keep the present state under a name.");
  on.get   ("/api/documents/{id}/revisions/{revision}", ReadContents, api.documents, &DocumentsApi::readRevision, "The notebook as it was then.");
  on.post  ("/api/documents/{id}/revisions/{revision}/restore", WriteContents, api.documents, &DocumentsApi::restoreRevision, "The notebook, or one cell of it, becomes as it was; what it is now is kept before.");
  on.get   ("/api/documents/{id}",                Everybody, api.sharing, &SharingApi::join, "What to join the room of a notebook with that one knows by its id, and what one may do with it.");
  on.get   ("/api/documents/shared",              ReadContents, api.sharing, &SharingApi::listShared, "Notebooks of others that one can open, last opened first.");
  on.get   ("/api/documents/{id}/shares",         ReadContents, api.sharing, &SharingApi::list,       "With whom a notebook is shared; for its owner and editors.");
  on.post  ("/api/documents/{id}/shares",         WriteContents, api.sharing, &SharingApi::share,     "Share a notebook, or change what somebody may do with it; for its owner.");
  on.del   ("/api/documents/{id}/shares/{share}", WriteContents, api.sharing, &SharingApi::stopSharing,   "Take it back; one can also take leave oneself.");
  on.post  ("/api/documents/{id}/access-requests", WriteContents, api.sharing, &SharingApi::requestAccess, "Ask a notebook's owner for a role.");
  on.get   ("/api/documents/{id}/access-requests", ReadContents, api.sharing, &SharingApi::listAccessRequests, "Who asks for it; for its owner, who answers by sharing it.");
  on.del   ("/api/documents/{id}/access-requests/{account}", WriteContents, api.sharing, &SharingApi::refuseAccess, "Refuse it.");
  on.get   ("/api/documents/{id}/comments",       ReadContents, api.comments, &CommentsApi::list,   "What people say of cells, oldest first; for all with an account who may read it.");
  on.post  ("/api/documents/{id}/comments",       WriteContents, api.comments, &CommentsApi::add,   "Comment on a cell, or answer in a thread; for commenters.");
  on.patch ("/api/documents/{id}/comments/{comment}", WriteContents, api.comments, &CommentsApi::change, "Change one's words, resolve a thread or open it anew.");
  on.del   ("/api/documents/{id}/comments/{comment}", WriteContents, api.comments, &CommentsApi::remove, "Delete a comment, with a thread's first one all of it; for who wrote it and the owner.");
  on.put   ("/api/documents/{id}/owner",          WriteContents, api.sharing, &SharingApi::transfer, "Give the notebook to another account: its file moves to their drive, and one becomes an editor.");
  on.post  ("/api/documents/{id}/copies",         WriteContents, api.sharing, &SharingApi::copy, "A copy of it on one's own drive.");
  on.post  ("/api/kernels/{kernel_id}/execute",   RunCode, api.documents, &DocumentsApi::runInKernel, "The same as stock front ends ask for it.");
  on.get   ("/api/kernels/{kernel_id}/requests/{run}", RunCode, api.documents, &DocumentsApi::readRequest, "How a run stands that was asked for with its code: 202 while it waits or runs, 300 when it asks for input, 200 when it has ended.");
  on.post  ("/api/kernels/{kernel_id}/requests/{run}/input", RunCode, api.documents, &DocumentsApi::answerRequest, "Answer its input().");

  // ---- JupyterLab ----
  on.get  ("/api/config/{section}",         ReadAccount,   api.lab, &LabApi::getConfig,        "A config section.");
  on.put  ("/api/config/{section}",         ManageAccount, api.lab, &LabApi::putConfig,        "Replace a config section.");
  on.patch("/api/config/{section}",         ManageAccount, api.lab, &LabApi::patchConfig,      "Change a config section.");
  on.get  ("/lab/api/settings",             ReadAccount,   api.lab, &LabApi::listSettings,     "Saved settings of JupyterLab's plugins.");
  on.get  ("/lab/api/settings/{id*}",       ReadAccount,   api.lab, &LabApi::getSettings,      "One plugin's settings.");
  on.put  ("/lab/api/settings/{id*}",       ManageAccount, api.lab, &LabApi::putSettings,      "Save one plugin's settings.");
  on.get  ("/lab/api/workspaces",           ReadAccount,   api.lab, &LabApi::listWorkspaces,   "Workspaces.");
  on.get  ("/lab/api/workspaces/{id*}",     ReadAccount,   api.lab, &LabApi::getWorkspace,     "One workspace.");
  on.put  ("/lab/api/workspaces/{id*}",     ManageAccount, api.lab, &LabApi::putWorkspace,     "Save a workspace.");
  on.del  ("/lab/api/workspaces/{id*}",     ManageAccount, api.lab, &LabApi::removeWorkspace,  "Remove a workspace.");
  on.get  ("/lab/api/translations",         SignedIn,      api.lab, &LabApi::listTranslations, "Languages of a stock JupyterLab.");
  on.get  ("/lab/api/translations/{locale}", SignedIn,     api.lab, &LabApi::getTranslation,   "One language's texts.");
  on.get  ("/lab/api/themes/{path*}",       SignedIn,      api.lab, &LabApi::theme,            "A theme's file.");
  on.get  ("/lab/api/listings/{path*}",     SignedIn,      api.lab, &LabApi::listings,         "Extensions that are allowed or blocked.");
  on.get  ("/lab/api/licenses",             SignedIn,      api.lab, &LabApi::licenses,         "Licences of the page's packages.");

  // ---- operations ----
  on.get  ("/healthz",                      Unguarded, api.operations, &OperationsApi::health,    "Whether the process answers.");
  on.get  ("/readyz",                       Unguarded, api.operations, &OperationsApi::readiness, "Whether database and runtimes can be reached.");
  on.get  ("/metrics",                      Everybody, api.operations, &OperationsApi::metrics,   "Figures for Prometheus; for administrators.");
}

void declareOperatorRoutes(RouteTable& on, const OperatorApis& apis) {
  auto& [api, accounts, notebooks, groups, quota, policy, audit] = apis;
  on.post("/admin/accounts",      Unguarded, api, &OperatorApi::createAccount, "Make an account.");
  on.post("/admin/accounts/list",   Unguarded, accounts, &OperatorAccounts::list,   "All accounts.");
  on.post("/admin/accounts/close",  Unguarded, accounts, &OperatorAccounts::close,  "Nobody signs in by an account any more; what it has stays.");
  on.post("/admin/accounts/reopen", Unguarded, accounts, &OperatorAccounts::reopen, "Open it again.");
  on.post("/admin/accounts/erase",  Unguarded, accounts, &OperatorAccounts::erase,  "Delete a closed account for good, with its files and notebooks.");
  on.post("/admin/tokens",        Unguarded, api, &OperatorApi::createToken,   "Make an API token for an account.");
  on.post("/admin/sign-in-links", Unguarded, api, &OperatorApi::makeLink,      "Make a link that signs in once.");
  on.post("/admin/notebooks/history", Unguarded, notebooks, &OperatorNotebooks::history, "Earlier versions of somebody's notebook.");
  on.post("/admin/notebooks/read",    Unguarded, notebooks, &OperatorNotebooks::read,    "One of them, or the notebook as it is.");
  on.post("/admin/notebooks/restore", Unguarded, notebooks, &OperatorNotebooks::restore, "The notebook, or one cell of it, becomes as it was.");
  on.post("/admin/groups",        Unguarded, groups, &OperatorGroups::list,    "All groups.");
  on.post("/admin/tiers",         Unguarded, quota, &OperatorQuota::tiers,     "All tiers.");
  on.post("/admin/tiers/read",    Unguarded, quota, &OperatorQuota::readTiers, "Read the file of the tiers anew.");
  on.post("/admin/tiers/grant",   Unguarded, quota, &OperatorQuota::grant,     "Give an account or a group a tier.");
  on.post("/admin/units",         Unguarded, quota, &OperatorQuota::correct,   "Give an account compute units, or take some.");
  on.post("/admin/runtimes",      Unguarded, quota, &OperatorQuota::runtimes,  "All runtimes that run or wait.");
  on.post("/admin/runtimes/stop", Unguarded, quota, &OperatorQuota::stop,      "Stop somebody's runtime, with a reason for them.");
  on.post("/admin/queue/pause",   Unguarded, quota, &OperatorQuota::pause,     "Let no new runtimes in, with a reason for who waits.");
  on.post("/admin/queue/resume",  Unguarded, quota, &OperatorQuota::resume,    "Let them in again.");
  on.post("/admin/policy/read",      Unguarded, policy, &OperatorPolicy::read,   "Publish what the folder of the rules says now.");
  on.post("/admin/policy/rules",     Unguarded, policy, &OperatorPolicy::health, "How the rules fare.");
  on.post("/admin/policy/decisions", Unguarded, policy, &OperatorPolicy::list,   "Decisions of everybody.");
  on.post("/admin/policy/appeal",    Unguarded, policy, &OperatorPolicy::answer, "Answer an appeal.");
  on.post("/admin/policy/lift",      Unguarded, policy, &OperatorPolicy::lift,   "End a measure before its time.");
  on.post("/admin/policy/restrict",  Unguarded, policy, &OperatorPolicy::propose, "Propose that an account starts no runtime for a time.");
  on.post("/admin/policy/confirm",   Unguarded, policy, &OperatorPolicy::confirm, "Confirm what somebody else proposed.");
  on.post("/admin/policy/exempt",    Unguarded, policy, &OperatorPolicy::exempt, "A rule does not hold for an account or a group for some time.");
  on.post("/admin/policy/resume",    Unguarded, policy, &OperatorPolicy::resume, "A rule that has paused itself acts again.");
  on.post("/admin/audit",              Unguarded, audit, &AuditApi::listAll,   "What happened, newest first.");
  on.post("/admin/audit/verification", Unguarded, audit, &AuditApi::verifyAll, "Whether it is as it was written.");
  on.get ("/admin/status",        Unguarded, api, &OperatorApi::status,        "What runs.");
}

}  // namespace allmende::api
// clang-format on
