#pragma once
// Behind the door: one connection between a browser and an app.

#include <list>

#include "server/previews/http_heads.h"
#include "server/previews/pages.h"
#include "server/previews/previews.h"

namespace allmende::previews {

// Shared by its two directions; in its owner's list for as long as it lives.
struct Previews::Shown {
  Shown(Previews& owner, Preview what, AccountId who, Meeting where, std::string asks);
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;
  ~Shown();

  static Task<> serve(std::shared_ptr<Shown> shown, std::shared_ptr<net::Stream> browser);
  void cut();

  Previews& previews;
  const Preview preview;
  const AccountId viewer;
  const Meeting meeting;
  std::string head;  // of the request
  bool isCut = false;
  std::shared_ptr<net::WebSocket> app;   // once it was reached
  std::shared_ptr<net::Stream> browser;  // once it was handed over

 private:
  static Task<> toApp(std::shared_ptr<Shown> shown);
  Task<> toBrowser();
  // Instead of the app's answer.
  Task<> tell(Words words) const;

  std::list<Shown*>::iterator at_;
};

}  // namespace allmende::previews
