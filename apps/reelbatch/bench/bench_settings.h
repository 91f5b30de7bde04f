#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/reelbatch/option_table.h"
#include "apps/reelbatch/options.h"
#include "measure/protocol.h"
#include "measure/sweep.h"
#include "measure/work.h"

namespace reelbatch::app {

/// What `bench micro`, `bench matrix` and `bench memory` were asked for.
struct BenchSettings {
  CommonOptions common;
  measure::Grid grid;
  measure::Protocol protocol;
  contracts::InputKind input = contracts::InputKind::kNoise;
  std::optional<std::filesystem::path> videos;  // the first one; the arguments are the others
  int frames = 64;
  int concurrency = 1;
  bool resume = false;
  bool memory = false;
  std::optional<std::filesystem::path> out;
};

/// Which rows a subcommand measures, unless told.
enum class BenchKind : uint8_t {
  kMicro,   // one size, the part and its steps
  kMatrix,  // every size
  kMemory,  // every size, in processes of their own
};

/// Sets the kind's defaults, too.
OptionTable BenchOptions(BenchKind kind, BenchSettings& settings);

/// An option for the profile of the protocol.
Option ProfileOption(measure::Protocol& protocol, const std::string& usual);

}  // namespace reelbatch::app
