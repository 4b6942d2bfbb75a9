#include "server/api/comments_api.h"

#include "server/api/documents_api.h"

namespace allmende::api {

Task<Result<CommentView>> CommentsApi::viewOf(People& people, documents::Comment comment) {
  CO_TRY(auto author, co_await people.get(std::move(comment.account)));
  CommentView view{.id = std::move(comment.id),
      .thread = std::move(comment.thread),
      .cell = std::move(comment.cell),
      .author = std::move(author),
      .text = std::move(comment.text),
      .madeAt = comment.madeAt,
      .editedAt = comment.editedAt,
      .resolvedAt = comment.resolvedAt,
      .resolvedBy = {}};
  if (comment.resolvedBy) {
    CO_TRY(view.resolvedBy, co_await people.get(*std::move(comment.resolvedBy)));
  }
  co_return view;
}

Task<Result<std::vector<CommentView>>> CommentsApi::list(accounts::Caller caller, documents::DocumentId id) {
  People people(accounts_);
  CO_TRY(auto comments, co_await documents_.listComments(std::move(id), visitorOf(std::move(caller))));
  std::vector<CommentView> views;
  for (auto& comment : comments) {
    CO_TRY(views.emplace_back(), co_await viewOf(people, std::move(comment)));
  }
  co_return views;
}

Task<Result<Created<CommentView>>> CommentsApi::add(accounts::Caller caller, documents::DocumentId id, CommentBody body) {
  People people(accounts_);
  documents::CommentWish wish{.text = std::move(body.text), .cell = body.cell.value_or(""), .thread = {}};
  if (body.thread) {
    CO_TRY(wish.thread, documents::CommentId::parse(*body.thread));
  }
  CO_TRY(auto made, co_await documents_.comment(id, visitorOf(std::move(caller)), std::move(wish)));
  co_await teller_.commented(std::move(id), made);
  CO_TRY(auto view, co_await viewOf(people, std::move(made)));
  co_return Created<CommentView>{std::move(view)};
}

Task<Result<CommentView>> CommentsApi::change(
    accounts::Caller caller, documents::DocumentId id, documents::CommentId comment, CommentChangeBody body) {
  People people(accounts_);
  documents::CommentChange change{.text = std::move(body.text), .resolved = body.resolved};
  CO_TRY(auto after, co_await documents_.changeComment(std::move(id), visitorOf(std::move(caller)), std::move(comment), std::move(change)));
  co_return co_await viewOf(people, std::move(after));
}

Task<Result<>> CommentsApi::remove(accounts::Caller caller, documents::DocumentId id, documents::CommentId comment) {
  co_return co_await documents_.removeComment(std::move(id), visitorOf(std::move(caller)), std::move(comment));
}

}  // namespace allmende::api
