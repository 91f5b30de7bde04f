#include "measure/protocol.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace reelbatch::measure {
namespace {

struct Named {
  const char* name;
  int warmup;
  int repeats;
  int runs;
};
constexpr std::array<Named, 3> kProfiles = {
    {{"fast", 1, 10, 1}, {"stable", 3, 30, 3}, {"matrix", 1, 3, 1}}};

double Ms(base::Nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

/// The worse of spread and waiting, each in parts of its bound.
double Unrest(const Measurement& measurement) {
  return std::max(measurement.statistics.cv / kMostSpread, measurement.waited / kMostWaited);
}

base::Result<Measurement> MeasureOnce(const Protocol& protocol, const TimedCall& call,
                                      const base::CancelToken& cancel) {
  Measurement measured;
  std::vector<double> cpu_ms;
  double wall_sum = 0;
  double cpu_sum = 0;
  for (int run = 0; run < protocol.runs; ++run) {
    for (int i = 0; i < protocol.warmup + protocol.repeats; ++i) {
      if (cancel.cancelled()) return base::Fail(base::Code::kCancelled, "interrupted");
      const auto times = call();
      if (!times) return std::unexpected(times.error());
      if (i < protocol.warmup) continue;
      for (const CallTime& time : *times) {
        measured.samples_ms.push_back(Ms(time.wall));
        cpu_ms.push_back(Ms(time.cpu));
        wall_sum += Ms(time.wall);
        cpu_sum += Ms(time.cpu);
      }
    }
  }
  measured.statistics = StatisticsOf(measured.samples_ms);
  measured.cpu_ms = StatisticsOf(cpu_ms).stable_mean;
  measured.waited = wall_sum > 0 ? std::clamp(1 - cpu_sum / wall_sum, 0.0, 1.0) : 0;
  return measured;
}

}  // namespace

std::vector<std::string> ProfileNames() {
  std::vector<std::string> names;
  for (const Named& profile : kProfiles) names.emplace_back(profile.name);
  return names;
}

base::Result<Protocol> ProtocolOf(std::string_view name) {
  for (const Named& profile : kProfiles) {
    if (name == profile.name) {
      return Protocol{.profile = profile.name,
                      .warmup = profile.warmup,
                      .repeats = profile.repeats,
                      .runs = profile.runs};
    }
  }
  return base::Fail(
      base::Code::kInvalidArgument,
      fmt::format("'{}' is not a profile; choose {}", name, fmt::join(ProfileNames(), ", ")));
}

bool IsNoisy(const Measurement& measurement) { return Unrest(measurement) > 1; }

base::Result<Measurement> MeasureByProtocol(const Protocol& protocol, const TimedCall& call,
                                            const base::CancelToken& cancel) {
  Measurement quietest;
  for (int attempt = 0; attempt <= kMostRepeats; ++attempt) {
    auto measured = MeasureOnce(protocol, call, cancel);
    if (!measured) return measured;
    if (attempt == 0 || Unrest(*measured) < Unrest(quietest)) quietest = std::move(*measured);
    quietest.attempts = attempt + 1;
    quietest.noisy = IsNoisy(quietest);
    if (!quietest.noisy) break;
  }
  return quietest;
}

}  // namespace reelbatch::measure
