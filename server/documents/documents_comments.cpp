// Comments: beside the document, not in it, so that they go into no copy unasked.

#include "server/documents/documents_impl.h"

namespace allmende::documents {
namespace {

// Our pages read them anew.
void tellOf(Room* room) {
  if (room != nullptr) room->tell({{"type", "comments"}});
}

}  // namespace

Task<Result<std::vector<Comment>>> Documents::listComments(DocumentId id, Visitor by) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, std::move(by)));
  co_return co_await impl_->comments.list(access.record.id);
}

Task<Result<Comment>> Documents::comment(DocumentId id, Visitor by, CommentWish wish) {
  CO_TRY(co_await impl_->accessAs(Role::Commenter, id, by));
  CO_TRY(auto made, co_await impl_->comments.add(id, by.account.value(), std::move(wish)));
  tellOf(impl_->findRoom(id));
  co_return made;
}

Task<Result<Comment>> Documents::changeComment(DocumentId id, Visitor by, CommentId comment, CommentChange change) {
  CO_TRY(co_await impl_->accessAs(Role::Commenter, id, by));
  CO_TRY(auto before, co_await impl_->comments.find(id, std::move(comment)));
  if (change.text && before.account != by.account) co_return fail(Code::Denied, "only who wrote a comment can change its words");
  CO_TRY(auto after, co_await impl_->comments.change(std::move(before), by.account.value(), std::move(change)));
  tellOf(impl_->findRoom(id));
  co_return after;
}

Task<Result<>> Documents::removeComment(DocumentId id, Visitor by, CommentId comment) {
  CO_TRY(const auto access, co_await impl_->accessOf(id, by));
  CO_TRY(auto gone, co_await impl_->comments.find(id, std::move(comment)));
  if (access.role < Role::Commenter || (gone.account != by.account && access.role < Role::Owner))
    co_return fail(Code::Denied, "only who wrote a comment and the notebook's owner can delete it");
  CO_TRY(co_await impl_->comments.remove(std::move(gone)));
  tellOf(impl_->findRoom(id));
  co_return Result<>{};
}

}  // namespace allmende::documents
