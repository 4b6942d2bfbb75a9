#pragma once
// Every kind of event, one line each: `noun.past_verb` and a sentence. Part of the door server/journal/journal.h.

#include <string_view>

namespace allmende::journal {

struct EventKind {
  std::string_view name;
  std::string_view says;
};

inline constexpr EventKind kAccountCreated{"account.created", "An account was made."};
inline constexpr EventKind kAccountChanged{"account.changed", "A display name, language or theme was changed."};
inline constexpr EventKind kAccountClosed{"account.closed", "An account was closed: nobody signs in by it, and its runtimes end."};
inline constexpr EventKind kAccountReopened{"account.reopened", "An account that was closed was opened again."};
inline constexpr EventKind kAccountErased{"account.erased", "An account was deleted for good, with its files and notebooks."};
inline constexpr EventKind kPasswordChanged{"password.changed", "A password was set; other sessions of the account ended."};
inline constexpr EventKind kSessionOpened{"session.opened", "Somebody signed in."};
inline constexpr EventKind kSessionClosed{"session.closed", "Somebody signed out."};
inline constexpr EventKind kSignInRefused{"sign_in.refused", "A sign-in failed: wrong password, or too many tries."};
inline constexpr EventKind kSignInLinkMade{"sign_in_link.made", "A one-time sign-in link was made."};
inline constexpr EventKind kTokenCreated{"token.created", "An API token was made."};
inline constexpr EventKind kTokenRevoked{"token.revoked", "An API token was revoked."};
inline constexpr EventKind kContentTrashed{"content.trashed", "A file or folder was moved to the trash."};
inline constexpr EventKind kContentRestored{"content.restored", "A file or folder came back from the trash."};
inline constexpr EventKind kContentPurged{"content.purged", "A file or folder was deleted for good."};
inline constexpr EventKind kDocumentShared{"document.shared", "A notebook was given to somebody, or what they may do with it was changed."};
inline constexpr EventKind kDocumentUnshared{"document.unshared", "A notebook was taken from somebody again, or they have left it."};
inline constexpr EventKind kDocumentTransferred{"document.transferred", "A notebook was given away: it has another owner."};
inline constexpr EventKind kAccessRequested{"access.requested", "Somebody asked a notebook's owner for access."};
inline constexpr EventKind kGroupMade{"group.made", "A group of people was made."};
inline constexpr EventKind kGroupRemoved{"group.removed", "A group was deleted."};
inline constexpr EventKind kGroupInvited{"group.invited", "An invitation to a group was made; the one before holds no longer."};
inline constexpr EventKind kGroupJoined{
    "group.joined", "Somebody was added to a group, came by its invitation, or has another part in it."};
inline constexpr EventKind kGroupLeft{"group.left", "Somebody left a group or was taken out of it."};
inline constexpr EventKind kRuntimeRequested{"runtime.requested", "A runtime was asked for."};
inline constexpr EventKind kRuntimeQueued{"runtime.queued", "The machine is full: a runtime waits for its turn."};
inline constexpr EventKind kRuntimeAdmitted{"runtime.admitted", "A runtime that waited has its place and starts."};
inline constexpr EventKind kRuntimeReadied{"runtime.readied", "A runtime answered and can run kernels."};
inline constexpr EventKind kRuntimeMemoryRanOut{"runtime.memory_ran_out", "A process was killed because the runtime's memory ran out."};
inline constexpr EventKind kRuntimeStopBegun{"runtime.stop_begun", "Somebody asked a runtime to stop."};
inline constexpr EventKind kAdmissionPaused{"admission.paused", "No new runtimes are let in; those that run go on."};
inline constexpr EventKind kAdmissionResumed{"admission.resumed", "Runtimes are let in again."};
inline constexpr EventKind kRuntimeStopOrdered{
    "runtime.stop_ordered", "Somebody of the staff had a runtime of somebody stopped, with a reason."};
inline constexpr EventKind kPreviewOpened{"preview.opened", "A web app in a runtime is shown in a browser, to its person."};
inline constexpr EventKind kPreviewShown{"preview.shown", "A web app in a runtime is shown to somebody else."};
inline constexpr EventKind kTierGranted{"tier.granted", "An account was given a tier."};
inline constexpr EventKind kUsageCorrected{"usage.corrected", "Compute units were given to an account, or taken, with a reason."};
inline constexpr EventKind kRuntimeStopped{"runtime.stopped", "A runtime ended; the detail says why."};
inline constexpr EventKind kRulePublished{"rule.published", "A version of a rule was announced."};
inline constexpr EventKind kRulesAccepted{"rules.accepted", "Somebody has read the rules and accepted them."};
inline constexpr EventKind kRulePaused{
    "rule.paused", "A rule hit too many at once: it goes no further than a notice until somebody looks."};
inline constexpr EventKind kRuleResumed{"rule.resumed", "Somebody has looked: the rule acts again."};
inline constexpr EventKind kExemptionGranted{"exemption.granted", "A rule does not hold for an account, until an end and for a reason."};
inline constexpr EventKind kDecisionMade{"decision.made", "A rule was applied to somebody."};
inline constexpr EventKind kDecisionEnded{"decision.ended", "A measure was lifted, lapsed, or was overturned."};
inline constexpr EventKind kRestrictionProposed{"restriction.proposed", "Somebody of the staff proposed to keep an account from runtimes."};
inline constexpr EventKind kRestrictionConfirmed{"restriction.confirmed", "Somebody else confirmed it."};
inline constexpr EventKind kDecisionViewed{"decision.viewed", "Somebody of the staff looked at a decision about somebody."};
inline constexpr EventKind kAppealMade{"appeal.made", "Somebody appealed against a decision."};
inline constexpr EventKind kAppealAnswered{"appeal.answered", "An appeal was answered."};

}  // namespace allmende::journal
