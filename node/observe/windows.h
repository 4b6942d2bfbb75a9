#pragma once
// How much a number that only grows has grown lately. Behind the door of node/observe.

#include <cstdint>
#include <deque>

#include "lib/base/clock.h"

namespace allmende::observe {

class Window {
 public:
  // `length` is looked back upon, in steps of `step` at least: between them the latest value replaces the one before.
  Window(Duration length, Duration step) : length_(length), step_(step) {}

  // A value that is less than the last one (whatever counts has begun anew) counts as no growth.
  void add(Duration at, double value) {
    if (!marks_.empty() && value < marks_.back().value) marks_.clear();
    latest_ = value;
    if (marks_.empty() || at - marks_.back().at >= step_) marks_.push_back({at, value});
    while (marks_.size() > 1 && at - marks_[1].at >= length_) marks_.pop_front();
  }
  double growth() const { return marks_.empty() ? 0 : latest_ - marks_.front().value; }
  // How long it has looked back upon so far.
  Duration covered(Duration now) const { return marks_.empty() ? Duration{0} : now - marks_.front().at; }

 private:
  struct Mark {
    Duration at{0};
    double value = 0;
  };
  Duration length_;
  Duration step_;
  std::deque<Mark> marks_;  // at most length / step + 2
  double latest_ = 0;
};

}  // namespace allmende::observe
