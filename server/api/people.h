#pragma once
// Accounts as others see them. Behind the door of server/api.

#include <map>

#include "lib/base/record.h"
#include "server/accounts/accounts.h"

namespace allmende::api {

struct Person {
  AccountId id;
  std::string name;
  std::string displayName;
};
constexpr auto fieldsOf(Type<Person>) {
  return record("Person", field("id", &Person::id, "Begins with acc_."), field("name", &Person::name, "The name to sign in with."),
      field("display_name", &Person::displayName, "The name to show."));
}

// For one request: nobody is looked up twice.
class People {
 public:
  explicit People(accounts::Accounts& accounts) : accounts_(accounts) {}

  Task<Result<Person>> get(AccountId id);
  // By the exact name; NotFound when there is none: nobody can look through who is here.
  Task<Result<AccountId>> named(std::string name);

 private:
  accounts::Accounts& accounts_;
  std::map<AccountId, Person> known_;
};

}  // namespace allmende::api
