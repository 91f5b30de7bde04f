#include "media/rate_estimate.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "contracts/frame_rates.h"

namespace reelbatch::media {
namespace {

using contracts::Rational;

// Stamps that were once rounded to milliseconds keep that in any later container.
constexpr double kMillisecondS = 1e-3;
constexpr double kRoundingSlack = 1.02;
// What floating point adds to clocks of some 10^5 s.
constexpr double kFloatSlackS = 2e-9;
constexpr double kSnapShare = 1e-4;

/// The simplest fraction in [low, high], both above 0.
Rational Simplest(double low, double high) {
  const double whole = std::floor(low);
  if (whole >= low) return {static_cast<int64_t>(whole), 1};
  if (whole + 1 <= high) return {static_cast<int64_t>(whole) + 1, 1};
  constexpr double kTiny = 1e-9;
  const Rational rest =
      Simplest(1 / std::max(kTiny, high - whole), 1 / std::max(kTiny, low - whole));
  return {static_cast<int64_t>(whole) * rest.num + rest.den, rest.num};
}

double Off(Rational rate, double period_s) { return std::fabs(rate.value() * period_s - 1); }

}  // namespace

void RateEstimate::Add(double time_s, bool joined) {
  if (joined && last_s_) {
    const double gap_s = time_s - *last_s_;
    const int64_t key = std::llround(gap_s * 1e6);
    if (gaps_.contains(key) || gaps_.size() < kMostGaps) {
      Gaps& gaps = gaps_[key];
      ++gaps.count;
      gaps.sum_s += gap_s;
    }
  }
  last_s_ = time_s;
  if (added_++ % stride_ != 0) return;
  times_.push_back(time_s);
  if (times_.size() < kMostTimes) return;
  for (size_t i = 0; 2 * i < times_.size(); ++i) times_[i] = times_[2 * i];
  times_.resize(times_.size() / 2);
  stride_ *= 2;
}

double RateEstimate::Step() const {
  // Where a frame lasts a few whole ticks throughout, the time base is made for the rate: nothing
  // is rounded.
  constexpr double kFewTicks = 4;
  constexpr double kExactS = 1e-7;
  const auto most =
      std::ranges::max_element(gaps_, {}, [](const auto& gap) { return gap.second.count; });
  if (most == gaps_.end() || static_cast<double>(most->first) * 1e-6 > kFewTicks * tick_s_)
    return tick_s_;
  const double usual_s = most->second.sum_s / static_cast<double>(most->second.count);
  const bool whole = std::ranges::all_of(gaps_, [&](const auto& gap) {
    const double times = gap.second.sum_s / static_cast<double>(gap.second.count) / usual_s;
    return std::fabs(times - std::round(times)) < 1e-3;
  });
  return whole ? kExactS : tick_s_;
}

double RateEstimate::Rounding() const { return kRoundingSlack * std::max(Step(), kMillisecondS); }

std::optional<double> RateEstimate::CommonGap() const {
  // The window of a container's rounding that holds most gaps. Of several that hold as many, the
  // shortest.
  int64_t most = 0;
  double common_s = 0;
  auto end = gaps_.begin();
  Gaps held;
  for (auto first = gaps_.begin(); first != gaps_.end(); ++first) {
    const double first_s = static_cast<double>(first->first) * 1e-6;
    const double width_s = std::min(Rounding(), 0.6 * first_s);
    while (end != gaps_.end() && static_cast<double>(end->first) * 1e-6 <= first_s + width_s) {
      held.count += end->second.count;
      held.sum_s += end->second.sum_s;
      ++end;
    }
    if (held.count > most) {
      most = held.count;
      common_s = held.sum_s / static_cast<double>(held.count);
    }
    held.count -= first->second.count;
    held.sum_s -= first->second.sum_s;
  }
  return most > 0 ? std::optional(common_s) : std::nullopt;
}

std::optional<double> RateEstimate::Period(double common_s) const {
  constexpr double kMostMultiple = 20;
  constexpr int kRounds = 3;
  double period_s = common_s;
  for (int round = 0; round < kRounds; ++round) {
    double sum_s = 0;
    double count = 0;
    for (const auto& [key, gaps] : gaps_) {
      const double gap_s = gaps.sum_s / static_cast<double>(gaps.count);
      const double multiple = std::round(gap_s / period_s);
      if (multiple < 1 || multiple > kMostMultiple) continue;
      const double tolerance_s = std::min(Rounding(), 0.45 * period_s);
      if (std::fabs(gap_s - multiple * period_s) > tolerance_s) continue;
      sum_s += gaps.sum_s;
      count += multiple * static_cast<double>(gaps.count);
    }
    if (count < 1) return std::nullopt;
    period_s = sum_s / count;
  }
  return period_s;
}

RateEstimate::Fit RateEstimate::FitOf(Rational rate) const {
  struct Grid {
    double width_s = 0;
    int64_t breaks = 0;
    double anchor_s = 0;
    double low_s = 0;
    double high_s = 0;
  };
  // Two times that were each rounded differ by one step more or less, never by two.
  const double tick_s = kRoundingSlack * Step() + kFloatSlackS;
  const double period_s = 1 / rate.value();
  std::array<Grid, 2> grids = {Grid{.width_s = tick_s + kRoundingSlack * kMillisecondS},
                               Grid{.width_s = tick_s}};
  for (Grid& grid : grids) {
    grid.anchor_s = times_.front();
    for (const double at_s : times_) {
      const double from_s = at_s - grid.anchor_s;
      const double off_s = from_s - std::round(from_s / period_s) * period_s;
      grid.low_s = std::min(grid.low_s, off_s);
      grid.high_s = std::max(grid.high_s, off_s);
      if (grid.high_s - grid.low_s <= grid.width_s) continue;
      grid = {.width_s = grid.width_s, .breaks = grid.breaks + 1, .anchor_s = at_s};
    }
  }
  return {.rate = rate, .coarse_breaks = grids[0].breaks, .fine_breaks = grids[1].breaks};
}

bool RateEstimate::Believed(int64_t breaks) const {
  // One late frame breaks the grid twice. Short clips have to fit in whole.
  constexpr int64_t kFramesPerBreak = 20;
  constexpr int64_t kShort = 12;
  const auto count = static_cast<int64_t>(times_.size());
  return breaks <= count / kFramesPerBreak + (count >= kShort ? 2 : 0);
}

std::optional<RateEstimate::Fit> RateEstimate::BestOf(const std::vector<Rational>& rates,
                                                      double period_s) const {
  if (rates.empty()) return std::nullopt;
  std::vector<Fit> fits;
  fits.reserve(rates.size());
  for (const Rational& rate : rates) fits.push_back(FitOf(rate));
  // Stamps as precise as the time base tell more than those that were rounded to milliseconds.
  const bool precise = Believed(std::ranges::min(fits, {}, &Fit::fine_breaks).fine_breaks);
  return std::ranges::min(fits, {}, [&](const Fit& fit) {
    return std::pair(precise ? fit.fine_breaks : fit.coarse_breaks,
                     Believed(fit.coarse_breaks) ? 0.0 : Off(fit.rate, period_s));
  });
}

Rational RateEstimate::RateAt(double common_s, const std::array<Rational, 2>& witnesses) const {
  const std::optional<double> period_s = Period(common_s);
  if (!period_s) return {0, 1};
  double seen_s = 0;
  for (const auto& [key, gaps] : gaps_) seen_s += gaps.sum_s;
  // What rounding at both ends makes of the period.
  const double share = std::max(kSnapShare, 2 * std::max(Step(), kMillisecondS) / seen_s);
  std::vector<Rational> standard;
  for (const Rational& rate : contracts::StandardFrameRates()) {
    if (Off(rate, *period_s) <= share) standard.push_back(rate);
  }
  // What fits equally well is chosen by the container's word, else by its nearness.
  std::ranges::stable_sort(standard, {}, [&](const Rational& rate) {
    const auto named = std::ranges::find_if(witnesses, [&](const Rational& witness) {
      return witness.num > 0 && contracts::SnappedRate(witness) == rate;
    });
    return std::pair(named - witnesses.begin(), Off(rate, *period_s));
  });
  const std::optional<Fit> best = BestOf(standard, *period_s);
  const double narrow = std::max(1e-7, share / 4);
  std::vector<Rational> own;
  for (const Rational& witness : witnesses) {
    if (witness.num > 0 && Off(witness, *period_s) <= narrow) own.push_back(witness);
  }
  own.push_back(Simplest((1 - narrow) / *period_s, (1 + narrow) / *period_s));
  const Fit other = *BestOf(own, *period_s);
  const auto count = static_cast<int64_t>(times_.size());
  if (best && Believed(best->coarse_breaks) &&
      best->coarse_breaks <= other.coarse_breaks + 1 + count / 100) {
    return best->rate;
  }
  return Believed(other.coarse_breaks) ? other.rate : Rational{0, 1};
}

Rational RateEstimate::Estimate(const std::array<Rational, 2>& witnesses) const {
  const std::optional<double> common_s = CommonGap();
  if (!common_s) {
    for (const Rational& rate : witnesses) {
      if (rate.num > 0 && rate.den > 0) return contracts::SnappedRate(rate);
    }
    return {0, 1};
  }
  if (const Rational rate = RateAt(*common_s, witnesses); rate.num > 0) return rate;
  // Film that is shown for two and three fields alternately stands on the grid of the fields.
  constexpr double kLeastFieldRate = 40;
  if (const Rational rate = RateAt(*common_s / 2, witnesses); rate.value() > kLeastFieldRate)
    return rate;
  return {0, 1};
}

}  // namespace reelbatch::media
