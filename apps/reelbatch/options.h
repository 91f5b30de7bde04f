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
#include "engine/work_options.h"

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

/// `json`: whether --json is a plain switch; false where the command has its own meaning of it.
void AddCommonOptions(OptionTable& table, CommonOptions& options, bool json = true);

/// How much is computed per frame, in the table's present group.
void AddEffortOptions(OptionTable& table, contracts::RunConfig& config);
/// Which frames are looked at.
void AddFrameOptions(OptionTable& table, contracts::RunConfig& config);

void AddWorkOptions(OptionTable& table, engine::WorkOptions& options);
/// How units are batched.
void AddBatchOptions(OptionTable& table, engine::WorkOptions& options);

/// --deadline, for commands that run or plan many videos.
void AddDeadlineOption(OptionTable& table, engine::WorkOptions& options,
                       contracts::RunConfig& config);

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
