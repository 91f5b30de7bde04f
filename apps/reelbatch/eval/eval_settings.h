#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apps/reelbatch/eval/name_pattern.h"
#include "apps/reelbatch/options.h"
#include "base/result.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"

namespace reelbatch::app {

/// The settings of a call of `reelbatch eval`.
struct EvalSettings {
  CommonOptions common;
  engine::WorkOptions work;
  contracts::RunConfig config;       // of the analysis, without preset and decision
  std::vector<std::string> presets;  // one row for each, with each decision
  std::vector<std::string> decisions;
  std::vector<std::string> from;         // NAME=OUT
  std::vector<std::string> predictions;  // NAME=FILE
  std::optional<std::filesystem::path> truth;
  std::optional<std::filesystem::path> fixture;
  std::optional<std::filesystem::path> csv;
  std::optional<std::filesystem::path> cost_table;
  std::optional<std::filesystem::path> error_folder;
  std::optional<std::filesystem::path> preset_folder;
  std::optional<NamePattern> include;  // of names of truths
  std::optional<NamePattern> exclude;
  int tolerance = 1;
  bool strict_type = false;
  std::map<std::string, double> floor;  // of figures, for every row
};

/// `settings` must outlive it.
OptionTable EvalOptions(EvalSettings& settings, const engine::Catalog& catalog);

/// NAME, and the text after its `=`. Errors: invalid_argument.
base::Result<std::pair<std::string, std::filesystem::path>> NamedPath(const std::string& text,
                                                                      std::string_view option);

}  // namespace reelbatch::app
