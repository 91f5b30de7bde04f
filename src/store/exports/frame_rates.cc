#include "store/exports/frame_rates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>

#include "contracts/frame_rates.h"

namespace reelbatch::store {
namespace {

using contracts::Rational;

constexpr std::array<Rational, 10> kTimecodeRates = {{{24000, 1001},
                                                      {24, 1},
                                                      {25, 1},
                                                      {30000, 1001},
                                                      {30, 1},
                                                      {48000, 1001},
                                                      {48, 1},
                                                      {50, 1},
                                                      {60000, 1001},
                                                      {60, 1}}};
constexpr std::array<int64_t, 6> kWholeRates = {24, 25, 30, 48, 50, 60};
constexpr Rational kFallbackRate{25, 1};
constexpr double kLowestRate = 1;
constexpr double kHighestRate = 1000;

/// `a` / `b` where that is a whole number; else 0.
int64_t WholeRatio(const Rational& a, const Rational& b) {
  const double ratio = a.value() / b.value();
  const double whole = std::round(ratio);
  return whole >= 1 && std::fabs(ratio - whole) < 1e-9 * whole ? static_cast<int64_t>(whole) : 0;
}

/// "30000/1001", "25", "12.5".
std::optional<Rational> ParsedRatio(std::string_view text) {
  const auto number = [](std::string_view digits) -> std::optional<double> {
    double value = 0;
    const char* const end = std::to_address(digits.end());
    const auto [stop, code] =
        std::from_chars(std::to_address(digits.begin()), end, value, std::chars_format::fixed);
    if (code != std::errc() || stop != end || !std::isfinite(value) || value <= 0) return {};
    return value;
  };
  const size_t slash = text.find('/');
  const auto above = number(text.substr(0, slash));
  const auto below = slash == std::string_view::npos ? 1.0 : number(text.substr(slash + 1));
  // A million is above every ratio that a rate is written with, and keeps the products exact.
  constexpr double kMost = 1e6;
  if (!above || !below || *above > kMost || *below > kMost) return std::nullopt;
  if (slash != std::string_view::npos) {
    if (std::floor(*above) != *above || std::floor(*below) != *below) return std::nullopt;
    return Rational{static_cast<int64_t>(*above), static_cast<int64_t>(*below)};
  }
  const auto thousandths = static_cast<int64_t>(std::llround(*above * 1000));
  const int64_t common = std::max<int64_t>(1, std::gcd(thousandths, int64_t{1000}));
  return Rational{thousandths / common, 1000 / common};
}

}  // namespace

bool HasDropFrame(const Rational& rate) {
  return WholeRatio(rate, {30000, 1001}) == 1 || WholeRatio(rate, {60000, 1001}) == 1;
}

Rational TimecodeBase(const Rational& rate) {
  for (size_t i = kTimecodeRates.size(); i > 0; --i) {
    if (WholeRatio(rate, kTimecodeRates[i - 1]) > 0) return kTimecodeRates[i - 1];
  }
  for (const Rational& counted : kTimecodeRates) {
    if (WholeRatio(counted, rate) > 0) return counted;
  }
  for (const int64_t whole : kWholeRates) {
    if (static_cast<double>(whole) >= rate.value()) return {whole, 1};
  }
  return {kWholeRates.back(), 1};
}

Rational BaseOfMean(double frames_per_second) {
  if (!std::isfinite(frames_per_second) || frames_per_second <= 0) return kFallbackRate;
  const auto distance = [&](int64_t whole) {
    return std::fabs(static_cast<double>(whole) - frames_per_second);
  };
  return {*std::ranges::min_element(kWholeRates, {}, distance), 1};
}

base::Result<Rational> ParseRate(std::string_view text) {
  const auto ratio = ParsedRatio(text);
  if (!ratio || ratio->value() < kLowestRate || ratio->value() > kHighestRate) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("'{}' is not a frame rate: write a number or a ratio from {} to {}, "
                    "like 25, 23.976 or 30000/1001",
                    text, kLowestRate, kHighestRate));
  }
  return contracts::SnappedRate(*ratio);
}

std::string RateText(const Rational& rate) { return fmt::format("{:.5g}", rate.value()); }

}  // namespace reelbatch::store
