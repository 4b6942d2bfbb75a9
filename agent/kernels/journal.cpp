#include "agent/kernels/journal.h"

#include <algorithm>
#include <array>

#include "agent/kernels/entries.h"
#include "agent/kernels/stream_text.h"
#include "lib/base/id.h"
#include "lib/base/log.h"

namespace allmende::kernels {
namespace {

// What a client can do without, if it must; all else tells it where it stands.
bool mayBeDropped(std::string_view type) {
  constexpr std::array<std::string_view, 6> kDroppable{
      "stream", "display_data", "update_display_data", "execute_result", "comm_msg", "clear_output"};
  return std::ranges::find(kDroppable, type) != kDroppable.end();
}

std::string displayIdOf(std::string_view content) {
  const auto object = parseJsonObject(content);
  if (!object) return {};
  const auto* transient = object->if_contains("transient");
  const auto* id = transient != nullptr && transient->is_object() ? findString(transient->get_object(), "display_id") : nullptr;
  return id == nullptr ? std::string{} : std::string(*id);
}

std::string withFreshId(std::string_view header) {
  auto object = parseJsonObject(header);
  if (!object) return std::string(header);
  (*object)["msg_id"] = randomUuid();
  return json::serialize(*object);
}

}  // namespace

Journal::Journal(Executor executor, std::filesystem::path spoolDirectory, std::string session, JournalLimits limits)
    : session_(std::move(session)), limits_(limits), spool_(std::move(spoolDirectory)), grown_(std::move(executor)) {}

Journal::~Journal() { check(cursors_.empty(), "cursors go before their journal"); }

bool Journal::wantedBy(std::string_view session) const {
  return std::ranges::any_of(cursors_, [&](const auto* cursor) { return cursor->session_ == session; }) ||
         std::ranges::find(bookmarks_, session, &Bookmark::session) != bookmarks_.end();
}

void Journal::append(jupyter::Message message, const jupyter::Header& header, const jupyter::Header& parent) {
  if (!wanted()) return;
  if (!join(message, header, parent)) {
    sealTail();
    if (header.type == "stream") {
      appendStream(std::move(message), parent);
    } else if (header.type == "update_display_data") {
      tail_ = Tail{std::move(message), header.type, parent.id, {}, {}};
    } else {
      write(jupyter::encodeV1(message), {}, !mayBeDropped(header.type));
    }
  }
  grown_.notifyAll();
}

void Journal::appendFor(std::string_view reader, jupyter::Message message) {
  if (!wantedBy(reader)) return;
  sealTail();
  write(jupyter::encodeV1(message), reader, true);
  grown_.notifyAll();
}

// Whether the tail took it in.
bool Journal::join(const jupyter::Message& message, const jupyter::Header& header, const jupyter::Header& parent) {
  if (!tail_ || tail_->type != header.type || tail_->parent != parent.id) return false;
  if (header.type == "stream") {
    if (!message.buffers.empty() || message.metadata != tail_->message.metadata) return false;
    const auto stream = findStreamText(message.content);
    if (!stream || stream->name != tail_->name || tail_->text.size() + stream->text.size() > limits_.text) return false;
    tail_->text.append(stream->text);
    return true;
  }
  const auto display = displayIdOf(message.content);
  if (display.empty() || display != displayIdOf(tail_->message.content)) return false;
  tail_->message = message;
  return true;
}

// One that is larger than a message may be becomes several.
void Journal::appendStream(jupyter::Message message, const jupyter::Header& parent) {
  auto content = std::exchange(message.content, {});
  const auto stream = findStreamText(content);
  if (!stream || !message.buffers.empty()) {
    message.content = std::move(content);
    write(jupyter::encodeV1(message), {}, false);
    return;
  }
  auto rest = stream->text;
  while (rest.size() > limits_.text) {
    const auto cut = cutOf(rest, limits_.text);
    message.content = streamContent({stream->name, rest.substr(0, cut)});
    write(jupyter::encodeV1(message), {}, false);
    message.header = withFreshId(message.header);
    rest.remove_prefix(cut);
  }
  message.content.clear();
  tail_ = Tail{std::move(message), "stream", parent.id, std::string(stream->name), std::string(rest)};
}

bool Journal::sealTail() {
  if (!tail_) return false;
  auto tail = *std::exchange(tail_, std::nullopt);
  if (tail.type == "stream") tail.message.content = streamContent({tail.name, tail.text});
  write(jupyter::encodeV1(tail.message), {}, false);
  return true;
}

void Journal::write(std::string_view frame, std::string_view reader, bool kept) {
  const Entry entry{next_, kept, 0, reader, frame};
  const auto size = entrySize(entry);
  if (segments_.empty() || !segments_.back().bytes || segments_.back().compacted ||
      segments_.back().bytes->size() + size > limits_.segment) {
    forget(limits_.replayed);
    segments_.push_back({.first = next_, .end = next_, .bytes = std::make_shared<std::string>()});
  }
  auto& segment = segments_.back();
  appendEntry(*segment.bytes, entry);
  segment.end = ++next_;
  resident_ += size;
  bound();
}

// The segment that holds the first entry from `number` on; no bytes when there is none.
Journal::Loaded Journal::load(std::uint64_t number) {
  const auto found = std::ranges::partition_point(segments_, [&](const auto& segment) { return segment.end <= number; });
  if (found == segments_.end()) return {};
  if (found->bytes) return {found->bytes, found->end};
  auto bytes = found->loaded.lock();
  if (!bytes) {
    bytes = std::make_shared<std::string>(spool_.read(found->offset, found->size));
    found->loaded = bytes;
    if (bytes->empty()) log::error("output.unreadable", {{"bytes", found->size}});
  }
  return {std::move(bytes), found->end};
}

void Journal::bound() {
  while (resident_ > limits_.resident && spillOldest()) {
  }
  // An eighth at once, so that it need not be done for every message.
  if (spool_.used() > limits_.spooled) dropOldest(limits_.spooled / 8);
}

// Whether there was something to spill and it is out of memory now.
bool Journal::spillOldest() {
  const auto oldest = std::ranges::find_if(segments_, [](const auto& segment) { return segment.bytes != nullptr; });
  if (oldest == segments_.end()) return false;
  const bool growing = oldest == std::prev(segments_.end());
  if (growing && oldest->bytes->size() < limits_.segment) return false;
  const auto offset = spool_.write(*oldest->bytes);
  const bool failed = !offset.has_value();
  if (failed && !std::exchange(diskFailed_, failed)) log::warning("output.not_spooled", {{"message", offset.error().message}});
  diskFailed_ = failed;
  if (failed) {
    dropOldest(limits_.resident / 2);
    return false;
  }
  oldest->offset = *offset;
  oldest->size = oldest->bytes->size();
  oldest->loaded = oldest->bytes;
  resident_ -= oldest->size;
  oldest->bytes.reset();
  return true;
}

// Drops what may be dropped of the oldest `goal` bytes.
void Journal::dropOldest(std::uint64_t goal) {
  forget(0);
  auto from = std::ranges::find(segments_, false, &Segment::compacted);
  auto till = from;
  std::vector<std::shared_ptr<std::string>> held;
  for (std::uint64_t seen = 0; till != segments_.end() && seen < goal; ++till) {
    held.push_back(load(till->first).bytes);
    seen += held.back()->size();
  }
  if (from == till) return cutLaggards();
  // What is left of an earlier drop joins in while it is small, so that a cell has one mark and not one for each drop.
  if (from != segments_.begin() && std::prev(from)->length() < limits_.segment) {
    --from;
    held.insert(held.begin(), load(from->first).bytes);
  }
  std::vector<std::string_view> views;
  for (const auto& bytes : held) views.push_back(*bytes);
  auto compacted = compact(views, session_);
  dropped_ += compacted.dropped;
  Segment shrunk{.first = from->first, .end = std::prev(till)->end, .compacted = true};
  for (auto at = from; at != till; ++at) {
    if (at->bytes) {
      resident_ -= at->bytes->size();
    } else {
      spool_.release(at->offset, at->size);
    }
  }
  resident_ += compacted.segment.size();
  shrunk.bytes = std::make_shared<std::string>(std::move(compacted.segment));
  *from = std::move(shrunk);
  segments_.erase(std::next(from), till);
  if (compacted.dropped == 0) cutLaggards();
}

// Only statuses and replies are left, and they are too many: whoever is still to read them has given up.
void Journal::cutLaggards() {
  if (segments_.empty()) return;
  const auto limit = segments_.front().end;
  for (auto* cursor : cursors_) cursor->lost_ = cursor->lost_ || cursor->next_ < limit;
  std::erase_if(bookmarks_, [&](const auto& bookmark) { return bookmark.next < limit; });
  for (auto* cursor : cursors_) {
    if (cursor->lost_) cursor->next_ = std::max(cursor->next_, limit);
  }
  forget(0);
}

// Lets go of what everybody has read, but for the last `replayed` bytes.
void Journal::forget(std::size_t replayed) {
  auto least = next_;
  for (const auto* cursor : cursors_) least = std::min(least, cursor->next_);
  for (const auto& bookmark : bookmarks_) least = std::min(least, bookmark.next);
  std::size_t read = 0;
  for (auto segment = segments_.begin(); segment != segments_.end() && segment->end <= least; ++segment) read += segment->length();
  while (!segments_.empty() && segments_.front().end <= least && read - segments_.front().length() >= replayed) {
    auto& segment = segments_.front();
    read -= segment.length();
    if (segment.bytes) {
      resident_ -= segment.bytes->size();
    } else {
      spool_.release(segment.offset, segment.size);
    }
    segments_.pop_front();
  }
}

// The number behind that of a message; nullopt when it is not here, or not any more.
std::optional<std::uint64_t> Journal::behind(std::string_view message) {
  if (message.empty()) return std::nullopt;
  if (message == "*") return segments_.empty() ? next_ : segments_.front().first;
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    const auto loaded = load(segment->first);
    for (std::size_t at = 0; const auto entry = loaded.bytes ? entryAt(*loaded.bytes, at) : std::nullopt; at += entrySize(*entry)) {
      if (entry->frame.contains(message) && messageIdIn(entry->frame) == message) return entry->number + 1;
    }
  }
  return std::nullopt;
}

std::unique_ptr<Journal::Cursor> Journal::open(std::string session, Leaves leaves, std::string_view after) {
  sealTail();  // it belongs to those who were here before
  auto from = next_;
  if (const auto left = std::ranges::find(bookmarks_, session, &Bookmark::session); left != bookmarks_.end()) {
    from = left->next;
    bookmarks_.erase(left);
  }
  for (auto* cursor : cursors_) {  // its client came back before we noticed that it had gone
    if (cursor->session_ != session) continue;
    from = cursor->next_;
    cursor->session_.clear();
    cursor->leaves_ = Leaves::Nothing;
  }
  return std::make_unique<Cursor>(*this, std::move(session), behind(after).value_or(from), leaves);
}

Journal::Cursor::Cursor(Journal& journal, std::string session, std::uint64_t next, Leaves leaves)
    : journal_(journal), session_(std::move(session)), next_(next), leaves_(leaves) {
  journal_.cursors_.push_back(this);
}

Journal::Cursor::~Cursor() {
  journal_.cursors_.remove(this);
  if (leaves_ == Leaves::Bookmark && !lost_) {
    journal_.bookmarks_.push_back({session_, next_});
    if (journal_.bookmarks_.size() > journal_.limits_.bookmarks) journal_.bookmarks_.pop_front();
  }
  if (!journal_.wanted()) journal_.tail_.reset();
  journal_.forget(journal_.wanted() ? journal_.limits_.replayed : 0);
}

std::optional<std::string> Journal::Cursor::peek() {
  while (!lost_) {
    while (const auto entry = segment_ ? entryAt(*segment_, offset_) : std::nullopt) {
      const bool ours = entry->number >= next_ && (entry->reader.empty() || entry->reader == session_);
      if (ours) return std::string(entry->frame);
      next_ = std::max(next_, entry->number + 1);
      offset_ += entrySize(*entry);
    }
    const auto following = journal_.load(next_);
    if (following.bytes) {
      // The rest of a segment may have been dropped.
      if (following.bytes == segment_) next_ = std::max(next_, following.end);
      lost_ = following.bytes->empty();  // the disk failed
      segment_ = following.bytes;
      offset_ = 0;
    } else if (!journal_.sealTail()) {
      rest();
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// All is read. The place in a growing segment is kept; one that need not grow any further is let go.
void Journal::Cursor::rest() {
  if (journal_.segments_.size() > 1 || (segment_ && segment_->size() > journal_.limits_.segment / 4))
    journal_.forget(journal_.limits_.replayed);
  if (journal_.segments_.empty() || journal_.segments_.back().bytes != segment_) segment_.reset();
}

void Journal::Cursor::advance() {
  const auto entry = entryAt(*segment_, offset_);
  check(entry.has_value(), "what is read was peeked at");
  next_ = std::max(next_, entry->number + 1);
  offset_ += entrySize(*entry);
}

}  // namespace allmende::kernels
