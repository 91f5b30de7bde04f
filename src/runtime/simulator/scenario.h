#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "planning/batch_cost.h"
#include "planning/decide.h"

namespace reelbatch::runtime {

/// A number that is drawn for every video: `low` to `high`, evenly, or logarithmically evenly, or
/// lognormally around `median` and then cut to the range.
struct Range {
  double low = 0;
  double high = 0;
  bool logarithmic = false;
  double median = 0;  // 0: not lognormally
  double spread = 1;  // with a median: standard deviation of the logarithm
};

/// One video of a list.
struct SimVideo {
  double duration_s = 0;
  int short_side = 720;
  /// Of a real video, what is known of it instead of what the rules below make of its duration and
  /// size.
  struct Known {
    double source_ms = 0;
    double source_fast_ms = 0;  // 0: preset fast is no choice
    double source_mb = 0;
    std::vector<int> units = {};  // by component
  };
  std::optional<Known> known = std::nullopt;
};

struct SimVideos {
  std::vector<SimVideo> list = {};  // these, else `count` drawn ones
  int64_t count = 0;
  Range duration_s = {};
  std::vector<int> short_sides{720};  // each as likely
  // The size of a file, by which a look-ahead orders what it has not probed: it grows with pixels
  // and with duration ^ bytes_exponent, times a bitrate that is drawn for every video.
  double bytes_spread = 0;    // of that bitrate: standard deviation of its logarithm
  double bytes_exponent = 1;  // below 0: the longest videos are the smallest files
  double bytes_unknown = 0;   // share of videos whose size is not known
};

/// What a video takes of a core and of RAM while it is decoded, with everything that runs per
/// video.
struct SimSources {
  int cores = 1;
  double ms_per_s = 10;      // per second of video at 720 lines; grows with pixels
  double fast_ms_per_s = 0;  // with preset fast, for videos above 720 lines; 0: no choice
  double mb = 0;             // per video in flight at 720 lines; grows with pixels
  std::string device = {};   // whose memory they take; empty: memory does not matter
  double queued_mb = 0;      // of all units that wait or run; sources wait at this bound; 0: none
  int chunks = 8;            // a video's units come in so many portions
  double probe_ms = 0;       // of a core per video, before its duration is known
};

struct SimDevice {
  std::string id = {};
  planning::MemoryKind memory = planning::MemoryKind::kVram;
  int64_t total_mb = 0;
  int64_t others_mb = 0;
  std::optional<int64_t> declared_mb = {};
  int lanes = 1;
};

/// A component whose units are batched across videos, or one stage of it. Its units come from the
/// source; or, with `from`, from every result of another; or, with `needs`, when all units of
/// others are done: at once, or with `seek_ms` from a second pass over the file.
struct SimComponent {
  std::string name = {};
  int device = 0;
  double unit_s = 1;              // one unit per so many seconds of video
  double unit_mb = 0;             // that a unit holds while it waits
  planning::BatchCost cost = {};  // as planned with
  double ms_factor = 1;           // the truth / what was planned with
  double mb_factor = 1;
  bool in_order = false;
  int from = -1;                           // the component whose results give its units; -1: none
  Range per_unit = {.low = 1, .high = 1};  // that each of these results gives: whole numbers
  double kept_mb = 0;           // that a unit holds beside unit_mb, until its result was taken on
  double seek_ms = 0;           // of a core per unit, in a second pass; 0: there is none
  std::vector<int> needs = {};  // components whose units of a video must be done first
  bool bucket_by_size = false;  // a key per short side, else one key
};

enum class FaultKind : uint8_t {
  kOom,         // batches of `component` above `above` run out of memory
  kMemoryStep,  // others take `used_mb` of `device` from at_s on
  kSlowDown,    // batches on `device` take `factor` times as long
  kStall,       // batches in flight on `device` at at_s take for_s longer
  kCrash,       // the process is killed at at_s and resumed for_s later
  kRestart,     // the server behind `device` is away for for_s: what is in flight fails
  kBadUnit,     // unit `index` of `video` fails whenever it runs
};

struct SimFault {
  FaultKind kind = FaultKind::kOom;
  int component = -1;
  int device = -1;
  int above = 0;
  int64_t used_mb = 0;
  double factor = 1;
  double at_s = 0;
  double for_s = 0;  // 0: to the end
  int video = 0;
  int index = 0;
};

/// Bounds on one figure of the result, by the figure's name.
struct Expectation {
  std::string figure = {};
  std::optional<double> min = {};
  std::optional<double> max = {};
};

/// A what-if question. Read from YAML by ParseScenario().
struct Scenario {
  std::string name = {};
  uint64_t seed = 1;
  SimVideos videos = {};
  SimSources sources = {};
  std::vector<SimDevice> devices = {};
  std::vector<SimComponent> components = {};
  std::vector<SimFault> faults = {};
  planning::Policy policy = {};
  double noise = 0;  // standard deviation of actual / planned time, logarithmic
  std::optional<double> deadline_s = {};
  int look_ahead = 0;  // videos probed and not launched, at most; 0: all are probed before the
                       // first is launched
  bool restart_on_oom = false;  // the way of a baseline: out of memory restarts the component with
                                // half the batch size
  std::vector<Expectation> expect = {};
};

}  // namespace reelbatch::runtime
