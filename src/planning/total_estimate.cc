#include "planning/total_estimate.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reelbatch::planning {
namespace {

constexpr int kStepsPerOctave = 2;
constexpr int kMostOff = 2 * kStepsPerOctave;  // a factor of 4
constexpr int64_t kFewest = 3;                 // two cannot say which of them is the odd one
constexpr int64_t kOddOf = 20;

/// 2^64 at either end: no file lies beyond.
int RatioStep(double seconds, double bytes) {
  constexpr double kEnd = 64 * kStepsPerOctave;
  if (!(seconds > 0)) return -static_cast<int>(kEnd);
  return static_cast<int>(
      std::clamp(std::floor(kStepsPerOctave * std::log2(seconds / bytes)), -kEnd, kEnd - 1));
}

void AddTo(VideoAmount& sum, const VideoAmount& amount, double times = 1) {
  sum.seconds += times * amount.seconds;
  sum.work += times * amount.work;
}

}  // namespace

void TotalEstimate::Add(int64_t bytes) {
  if (bytes <= 0) {
    ++unknown_;
    return;
  }
  ++unprobed_;
  unprobed_bytes_ += static_cast<double>(bytes);
}

void TotalEstimate::Forget(int64_t bytes) {
  if (bytes <= 0) {
    --unknown_;
    return;
  }
  unprobed_bytes_ -= static_cast<double>(bytes);
  if (--unprobed_ == 0) unprobed_bytes_ = 0;  // what rounding has left of a large sum
}

void TotalEstimate::Probed(int64_t bytes, const VideoAmount& amount) {
  Forget(bytes);
  AddTo(probed_, amount);
  ++probed_count_;
  if (bytes <= 0) return;
  Files& files = by_ratio_[RatioStep(amount.seconds, static_cast<double>(bytes))];
  ++files.count;
  files.bytes += static_cast<double>(bytes);
  AddTo(files.amount, amount);
}

void TotalEstimate::Dropped(int64_t bytes) { Forget(bytes); }

TotalEstimate::Files TotalEstimate::Typical() const {
  int64_t count = 0;
  for (const auto& [step, files] : by_ratio_) count += files.count;
  int median = 0;
  int64_t upto = 0;
  for (const auto& [step, files] : by_ratio_) {
    median = step;
    upto += files.count;
    if (2 * upto >= count) break;
  }
  // A step holds files that are not told apart: it is left out as a whole, or not at all.
  const int64_t may_be_odd = count < kFewest ? 0 : std::max<int64_t>(1, count / kOddOf);
  int first = std::numeric_limits<int>::min();
  int last = std::numeric_limits<int>::max();
  int64_t odd = 0;
  for (auto low = by_ratio_.begin(); low != by_ratio_.end(); ++low) {
    odd += low->second.count;
    if (low->first >= median - kMostOff || odd > may_be_odd) break;
    first = low->first + 1;
  }
  odd = 0;
  for (auto high = by_ratio_.rbegin(); high != by_ratio_.rend(); ++high) {
    odd += high->second.count;
    if (high->first <= median + kMostOff || odd > may_be_odd) break;
    last = high->first - 1;
  }
  Files typical;
  for (const auto& [step, files] : by_ratio_) {
    if (step < first || step > last) continue;
    typical.count += files.count;
    typical.bytes += files.bytes;
    AddTo(typical.amount, files.amount);
  }
  return typical;
}

std::optional<TotalEstimate::Total> TotalEstimate::total() const {
  Total total{.amount = probed_, .exact = unprobed() == 0};
  if (total.exact) return total;
  if (probed_count_ == 0) return std::nullopt;
  auto counted = static_cast<double>(probed_count_);
  double without_ratio = static_cast<double>(unknown_);
  if (const Files typical = Typical(); typical.bytes > 0) {
    AddTo(total.amount, typical.amount, unprobed_bytes_ / typical.bytes);
    counted += static_cast<double>(unprobed_);
  } else {
    without_ratio += static_cast<double>(unprobed_);
  }
  const VideoAmount others = total.amount;
  AddTo(total.amount, others, without_ratio / counted);
  return total;
}

}  // namespace reelbatch::planning
