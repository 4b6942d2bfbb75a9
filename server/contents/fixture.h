#pragma once
// For the tests of contents: a drive of its own, asked as the API asks.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "lib/base/json.h"
#include "lib/base/testing.h"
#include "server/contents/contents.h"
#include "server/migrations/migrations.h"

namespace allmende::contents {

namespace fs = std::filesystem;
using allmende::testing::await;

class ADrive : public ::testing::Test {
 protected:
  ADrive() { start(); }

  // As after a restart of the server: what only its memory knew is gone.
  void start() {
    contents_ = std::make_unique<Contents>(*database_, journal_, clock_,
        ContentsSettings{
            .dataDirectory = folder_.path(), .largestInJson = largest_, .allowance = [this](const AccountId&) { return allowed(); }});
    const auto begun = contents_->begin();
    check(begun.has_value(), begun ? "" : begun.error().message);
  }

  Task<Result<std::int64_t>> allowed() { co_return allowance_; }

  Result<json::object> get(std::string path, GetWish wish = {}) {
    return objectOf(await(contents_->get(ada_, std::move(path), std::move(wish))));
  }
  Result<json::object> create(std::string path, std::string body = "") {
    return objectOf(await(contents_->create(ada_, std::move(path), std::move(body))));
  }
  Result<Saved> save(std::string path, const json::value& body) {
    return await(contents_->save(ada_, std::move(path), json::serialize(body)));
  }
  Result<Saved> saveText(std::string path, std::string_view text) {
    return save(std::move(path), {{"type", "file"}, {"format", "text"}, {"content", text}});
  }
  Result<Saved> savePiece(std::string path, std::int64_t chunk, std::string_view text) {
    return save(std::move(path), {{"type", "file"}, {"format", "text"}, {"content", text}, {"chunk", chunk}});
  }
  Result<json::object> rename(std::string from, std::string_view to) {
    return objectOf(await(contents_->rename(ada_, std::move(from), json::serialize(json::object{{"path", to}}))));
  }
  // What the file holds; nothing of that name is "(nothing)".
  std::string textOf(std::string path) {
    auto model = get(std::move(path), {.type = "file", .format = "text"});
    if (model) return std::string(model->at("content").as_string());
    return model.error().code == Code::NotFound ? "(nothing)" : model.error().message;
  }
  std::vector<std::string> namesIn(std::string path) {
    std::vector<std::string> names;
    const auto folder = get(std::move(path));
    check(folder.has_value(), folder ? "" : folder.error().message);
    for (const auto& entry : folder->at("content").as_array()) names.emplace_back(entry.at("name").as_string());
    return names;
  }

  // Runs all of them at once on one loop; the answers in their order.
  template <class T>
  static std::vector<T> awaitAll(std::vector<Task<T>> tasks) {
    asio::io_context loop;
    std::vector<std::optional<T>> answers(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      asio::co_spawn(loop, std::move(tasks[i]), [&answers, i](std::exception_ptr thrown, T answer) {
        if (!thrown) answers[i].emplace(std::move(answer));
      });
    }
    loop.run();
    std::vector<T> all;
    for (auto& answer : answers) all.push_back(std::move(answer).value());
    return all;
  }

  // The disk behind the drive, for what no API makes.
  fs::path disk(std::string_view path = "") const { return folder_.path() / "drives" / ada_.text() / path; }
  void put(std::string_view path, std::string_view text) const {
    fs::create_directories(disk(path).parent_path());
    std::ofstream(disk(path), std::ios::binary) << text;
  }
  std::string onDisk(const fs::path& path) const {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  // Everything in the data directory whose name is of something unfinished, and every note of one.
  std::vector<std::string> leftovers() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
      if (entry.path().filename().string().starts_with(".~allmende-")) found.push_back(entry.path().string());
    return found;
  }

  static Result<json::object> objectOf(Result<Model> model) {
    if (!model) return std::unexpected(std::move(model).error());
    return parseJsonObject(model->json, 200);
  }
  static json::object notebookOf(std::string_view source) {
    return {{"cells", {{{"cell_type", "code"}, {"id", "one"}, {"metadata", json::object()}, {"source", source}, {"outputs", json::array()},
                          {"execution_count", nullptr}}}},
        {"metadata", json::object()}, {"nbformat", 4}, {"nbformat_minor", 5}};
  }

  std::size_t largest_ = 4U << 20U;
  std::int64_t allowance_ = 0;
  FakeClock clock_;
  testing::TemporaryFolder folder_;
  std::unique_ptr<store::Database> database_ = *store::Database::open("sqlite::memory:", migrations());
  journal::Journal journal_{*database_, clock_};
  AccountId ada_ = AccountId::make();
  std::unique_ptr<Contents> contents_;
};

}  // namespace allmende::contents
