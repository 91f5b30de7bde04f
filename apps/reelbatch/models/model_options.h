#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "apps/reelbatch/option_table.h"

namespace reelbatch::app {

/// Where components that need models find them.
struct ModelOptions {
  std::optional<std::filesystem::path> folder;  // none: DefaultModelsFolder()
  std::string triton_url;                       // "host:port"; empty: in process
};

void AddModelOptions(OptionTable& table, ModelOptions& options);

}  // namespace reelbatch::app
