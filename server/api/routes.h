#pragma once
// The whole surface: what stands at which path, and who may call it. Behind the door of server/api.

#include "server/api/account_api.h"
#include "server/api/audit_api.h"
#include "server/api/comments_api.h"
#include "server/api/contents_api.h"
#include "server/api/documents_api.h"
#include "server/api/drive_api.h"
#include "server/api/events_api.h"
#include "server/api/groups_api.h"
#include "server/api/jupyter_api.h"
#include "server/api/kernels_api.h"
#include "server/api/lab_api.h"
#include "server/api/notices_api.h"
#include "server/api/operations_api.h"
#include "server/api/operator_accounts.h"
#include "server/api/operator_notebooks.h"
#include "server/api/operator_quota.h"
#include "server/api/pages.h"
#include "server/api/policy_api.h"
#include "server/api/previews_api.h"
#include "server/api/quota_api.h"
#include "server/api/route_table.h"
#include "server/api/runtimes_api.h"
#include "server/api/sharing_api.h"
#include "server/api/staff_api.h"
#include "server/api/terminals_api.h"
#include "server/api/webhooks_api.h"

namespace allmende::api {

struct Apis {
  AccountApi& account;
  AuditApi& audit;
  CommentsApi& comments;
  ContentsApi& contents;
  DocumentsApi& documents;
  DriveApi& drive;
  EventsApi& events;
  GroupsApi& groups;
  JupyterApi& jupyter;
  KernelsApi& kernels;
  KernelspecsApi& kernelspecs;
  LabApi& lab;
  NoticesApi& notices;
  OperationsApi& operations;
  Pages& pages;
  PreviewsApi& previews;
  PolicyApi& policy;
  QuotaApi& quota;
  RuntimesApi& runtimes;
  SessionsApi& sessions;
  SharingApi& sharing;
  StaffApi& staff;
  OperatorApi& operators;
  OperatorAccounts& staffAccounts;
  OperatorGroups& staffGroups;
  OperatorQuota& staffQuota;
  TerminalsApi& terminals;
  WebhooksApi& webhooks;
};

// What the operator's socket can ask for.
struct OperatorApis {
  OperatorApi& api;
  OperatorAccounts& accounts;
  OperatorNotebooks& notebooks;
  OperatorGroups& groups;
  OperatorQuota& quota;
  OperatorPolicy& policy;
  AuditApi& audit;
};

void declareRoutes(RouteTable& on, Apis& api);
void declareOperatorRoutes(RouteTable& on, const OperatorApis& apis);

}  // namespace allmende::api
