#include "server/documents/store.h"

#include <gtest/gtest.h>

#include "lib/base/testing.h"
#include "server/documents/sharing.h"
#include "server/migrations/migrations.h"

namespace allmende::documents {
namespace {

using ::allmende::testing::await;
using ::allmende::testing::TemporaryFolder;

class Tables : public ::testing::Test {
 protected:
  Record ada(std::string path) const {
    return {.id = DocumentId::make(),
        .account = account_,
        .path = std::move(path),
        .session = "s",
        .fileHash = "h",
        .savedThrough = 1,
        .writingHash = {},
        .writingThrough = 0};
  }

  TemporaryFolder folder_;
  std::string url_ = "sqlite:" + (folder_.path() / "house.db").string();
  FakeClock clock_;
  AccountId account_ = AccountId::make();
};

TEST_F(Tables, ofTheVersionBeforeKeepTheirDocumentsAndHowFarTheirKernelsWereHeard) {
  constexpr std::size_t kBefore = 9;
  const auto record = ada("a.ipynb");
  {
    auto database = store::Database::open(url_, migrations().first(kBefore));
    ASSERT_TRUE(database) << database.error().message;
    ASSERT_TRUE(await(DocumentStore(**database, clock_).add(record, "update")));
    ASSERT_TRUE(await((*database)->change(
        "INSERT INTO document_kernels (document_id, kernel_id, last_message) VALUES (?, 'k', 'm')", {record.id.text()})));
  }
  auto database = store::Database::open(url_, migrations());
  ASSERT_TRUE(database) << database.error().message;
  const auto found = await(DocumentStore(**database, clock_).findByPath(account_, "a.ipynb"));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, record.id);
  const auto cursor = await(RunStore(**database, clock_).findCursor(record.id, account_));
  ASSERT_TRUE(cursor && *cursor);
  EXPECT_EQ((*cursor)->kernel, "k");
  EXPECT_EQ((*cursor)->message, "m");
}

TEST_F(Tables, keepWhatBelongsToANotebookInTheTrashUntilItIsPurged) {
  const auto database = *store::Database::open(url_, migrations());
  journal::Journal journal(*database, clock_);
  DocumentStore documents(*database, clock_);
  ShareStore shares(*database, journal, clock_);
  const auto record = ada("folder/a.ipynb");
  ASSERT_TRUE(await(documents.add(record, "update")));
  ASSERT_TRUE(await(shares.put(record.id, account_, {.whom = Whom::Link, .account = {}, .group = {}, .role = Role::Viewer, .lasts = {}})));
  const auto trash = contents::TrashId::make();
  ASSERT_TRUE(await(documents.trash(account_, "folder", trash)));
  ASSERT_TRUE(await(documents.add(ada("folder/a.ipynb"), "another")));  // its place is free
  EXPECT_EQ(await(documents.listTrashed(account_)), (std::set<DocumentStore::Trashed>{{account_, trash}}));
  EXPECT_EQ(await(documents.listTrashed(AccountId::make())), std::set<DocumentStore::Trashed>());
  EXPECT_TRUE(isInTrash(**await(documents.find(record.id))));
  ASSERT_TRUE(await(documents.restore(account_, trash, "folder (restored)")));
  EXPECT_EQ((*await(documents.find(record.id)))->path, "folder (restored)/a.ipynb");
  EXPECT_EQ(await(shares.list(record.id))->size(), 1U);
  ASSERT_TRUE(await(documents.trash(account_, "folder (restored)", trash)));
  ASSERT_TRUE(await(documents.purge({account_, trash})));
  EXPECT_EQ(*await(documents.find(record.id)), std::nullopt);
  EXPECT_TRUE(await(shares.list(record.id))->empty());
}

}  // namespace
}  // namespace allmende::documents
