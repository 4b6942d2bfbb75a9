#pragma once
// The route table as an OpenAPI 3.1 document. Behind the door of server/api.

#include "server/api/route_table.h"

namespace allmende::api {

json::object describe(const RouteTable& table);

}  // namespace allmende::api
