#pragma once
// ZMTP 3.0 with the NULL mechanism (RFC 23), as much as a client of kernels needs: bytes in, multipart messages out.
// Part of the door lib/jupyter/jupyter.h.

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace allmende::jupyter {

inline constexpr std::size_t kLargestZmtpFrame = 512U << 20U;

// The 64 bytes that open a connection.
std::string zmtpGreeting();
// READY with Socket-Type and, for DEALER, Identity.
std::string zmtpReady(std::string_view socketType, std::string_view identity);
// A subscription to everything.
std::string zmtpSubscribeAll();
std::string zmtpPong(std::string_view context);
std::string zmtpMessage(const std::vector<std::string>& frames);

// What a peer sent.
struct ZmtpEvent {
  enum class Kind { Message, Ready, Ping } kind = Kind::Message;
  std::vector<std::string> frames;  // of a message
  std::string context;              // of a PING
};

// Cuts a stream of bytes into events. A large frame is read where it will stay: it exists once.
class ZmtpParser {
 public:
  // Where the next bytes are to be read into, and how many fit: at least `least`, but within a large frame what it still lacks.
  std::pair<char*, std::size_t> room(std::size_t least);
  // How many were read there.
  void took(std::size_t bytes);
  // The next event; nullopt when more bytes are needed. Fails with InvalidInput when the peer does not speak ZMTP 3 or sends too much;
  // the stream is then of no use any more.
  Result<std::optional<ZmtpEvent>> next();

 private:
  Result<bool> skipGreeting();
  Result<std::optional<ZmtpEvent>> onCommand(std::string_view body);
  std::optional<ZmtpEvent> frameDone(bool more);

  std::string bytes_;  // [from_, till_) is unread
  std::size_t from_ = 0;
  std::size_t till_ = 0;
  std::size_t missing_ = 0;  // of the last of frames_, which is being read in place
  bool readingInPlace_ = false;
  bool moreFollows_ = false;  // behind that frame
  bool greeted_ = false;
  std::vector<std::string> frames_;  // of the message under way
  std::size_t frameBytes_ = 0;
};

}  // namespace allmende::jupyter
