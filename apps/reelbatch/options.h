#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/reelbatch/option_table.h"
#include "apps/reelbatch/terminal.h"
#include "base/result.h"
#include "contracts/run_config.h"

namespace reelbatch::app {

/// What every command understands.
struct CommonOptions {
  bool help = false;
  bool json = false;
  bool quiet = false;
  int verbosity = 0;
  ColorMode color = ColorMode::kAuto;
  int threads = 0;  // 0: every core this process may use
};

/// Who runs micro-batches.
enum class Executor : uint8_t {
  kAuto,  // a server where --triton-url names one, else this process
  kInProcess,
  kSerial,  // one unit at a time, wherever: the oracle of the others
  kTriton,
};

/// How videos are worked through; nothing here changes an artifact.
struct WorkOptions {
  int64_t max_memory_bytes = 0;  // 0: half of the available memory
  int videos_in_flight = 0;      // 0: the run decides
  std::chrono::milliseconds stall_timeout{60'000};
  bool fail_fast = false;
  std::optional<std::chrono::milliseconds> deadline;  // from the start of the run
  Executor executor = Executor::kAuto;
  int executor_lanes = 0;  // 0: one in process, two for a server
  std::chrono::milliseconds max_queue_delay{10'000};
  std::chrono::milliseconds oom_backoff{2'000};
};

/// `json`: whether --json is a plain switch; false where the command has its own meaning of it.
void AddCommonOptions(OptionTable& table, CommonOptions& options, bool json = true);

/// How much is computed per frame, in the table's present group.
void AddEffortOptions(OptionTable& table, contracts::RunConfig& config);
/// Which frames are looked at.
void AddFrameOptions(OptionTable& table, contracts::RunConfig& config);

void AddWorkOptions(OptionTable& table, WorkOptions& options);
/// How units are batched.
void AddBatchOptions(OptionTable& table, WorkOptions& options);

/// --deadline, for commands that run or plan many videos.
void AddDeadlineOption(OptionTable& table, WorkOptions& options, contracts::RunConfig& config);

/// What no single option can know. Errors: invalid_argument (--start is not before --end).
base::Status CheckFrameOptions(const contracts::RunConfig& config);

/// An option that stores a switch, a path, ...
Option SwitchOption(std::string name, std::string help, bool& target);
Option PathOption(std::string name, std::string value_name, std::string help,
                  std::optional<std::filesystem::path>& target);
/// One of `choices`; `store` gets its place among them.
Option ChoiceOption(std::string name, std::string help, std::vector<std::string> choices,
                    std::function<void(size_t)> store);
/// A whole number from `low` to `high`.
Option CountOption(std::string name, std::string help, int low, int high, int& target);
/// A comma-separated list of any words.
Option WordsOption(std::string name, std::string value_name, std::string help,
                   std::vector<std::string>& target);
/// A comma-separated list of `choices`.
Option ListOption(std::string name, std::string help, std::vector<std::string> choices,
                  std::vector<std::string>& target);

}  // namespace reelbatch::app
