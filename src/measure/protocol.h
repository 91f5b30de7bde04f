#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "measure/statistics.h"

namespace reelbatch::measure {

/// How often a call is made. Source: docs/requirements.md, "Protocol".
struct Protocol {
  std::string profile = {};
  int warmup = 0;   // calls of each run that are not counted
  int repeats = 1;  // calls of each run that are counted
  int runs = 1;
  friend bool operator==(const Protocol&, const Protocol&) = default;
};

/// "fast" 1/10/1, "stable" 3/30/3, "matrix" 1/3/1 (warm-up/repeats/runs).
std::vector<std::string> ProfileNames();
/// Errors: invalid_argument (not one of ProfileNames()).
base::Result<Protocol> ProtocolOf(std::string_view profile);

/// The time of one call. `cpu` is the CPU time of its thread; the rest was waiting.
struct CallTime {
  base::Nanoseconds wall{0};
  base::Nanoseconds cpu{0};
};

/// Makes one call, with copies of it at the same time if concurrency is measured, and returns the
/// time of each.
using TimedCall = std::function<base::Result<std::vector<CallTime>>()>;

/// Reads clocks around a call. The clock of the thread is slower to read, and is read outside
/// of the wall clock interval, so that short calls are not charged for it.
class Stopwatch {
 public:
  explicit Stopwatch(const base::Clock& clock) : clock_(clock) {}
  void Start() {
    cpu_ = base::ThreadCpuTime();
    wall_ = clock_.Steady();
  }
  /// Adds the time since Start() to the time so far.
  void Stop() {
    taken_.wall += clock_.Steady() - wall_;
    taken_.cpu += base::ThreadCpuTime() - cpu_;
  }
  CallTime taken() const { return taken_; }

 private:
  const base::Clock& clock_;
  base::Nanoseconds wall_{0};
  base::Nanoseconds cpu_{0};
  CallTime taken_;
};

/// Samples of one row.
struct Measurement {
  std::vector<double> samples_ms;  // whole calls, wall time
  double cpu_ms = 0;               // stable mean of the calls' CPU time
  double waited = 0;               // share of the wall time in which the calls did not compute
  Statistics statistics;           // of samples_ms
  int attempts = 1;
  bool noisy = false;
};

/// The gate: half of the 10 % within which a cost has to predict a run.
/// Spread of samples (cv) and share of waiting above which a row is measured again.
inline constexpr double kMostSpread = 0.05;
inline constexpr double kMostWaited = 0.05;
/// Limit for repeated measurements of a row; the one with the least noise is kept.
inline constexpr int kMostRepeats = 3;

/// Whether samples are too noisy to be used.
bool IsNoisy(const Measurement& measurement);

/// Measures according to the protocol; again, while noisy, at most kMostRepeats times.
/// Errors: those of `call`; cancelled (checked between two calls).
base::Result<Measurement> MeasureByProtocol(const Protocol& protocol, const TimedCall& call,
                                            const base::CancelToken& cancel);

}  // namespace reelbatch::measure
