#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/events.h"

namespace reelbatch::app {

/// A truth file of the project: frames count from 0 and are inclusive.
struct KnownTransition {
  std::string type;   // "hard", "dissolve", "fade", "wipe"
  int64_t start = 0;  // last frame wholly of the old shot
  int64_t end = 0;    // first frame wholly of the new one
  int64_t frame = 0;
};

struct KnownTrap {
  std::string reason;
  int64_t start = 0;
  int64_t end = 0;
};

struct KnownCuts {
  std::vector<KnownTransition> transitions;
  std::vector<KnownTrap> traps;
};

/// Errors: io; corrupt (not JSON, or not a truth file: names the field).
base::Result<KnownCuts> ReadKnownCuts(const std::filesystem::path& path);

/// Compares the detected with the known transitions, in the order of frames.
struct Comparison {
  struct Row {
    int64_t frame = 0;
    std::string known;  // "hard", "dissolve 120-140", "flash 30-30 (trap)"; empty for a false cut
    std::string found;  // "120 (0.98)"; empty where nothing was found
    std::string verdict;
  };
  std::vector<Row> rows;
  int hits = 0;
  int missed = 0;
  int false_cuts = 0;
  bool good() const { return missed == 0 && false_cuts == 0; }
};

/// Hard cuts are matched one to one within `tolerance` frames. An event inside a known gradual
/// transition is neither right nor wrong: only hard cuts were asked for.
Comparison Compare(const KnownCuts& known, const std::vector<contracts::Event>& events,
                   int64_t tolerance = 1);

std::string ComparisonText(const Comparison& comparison, bool color);

}  // namespace reelbatch::app
