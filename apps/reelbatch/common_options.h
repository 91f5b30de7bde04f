#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/reelbatch/option_table.h"
#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {

constexpr int kMaxThreads = 1024;

/// The options of all commands.
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

/// An option that stores a switch, a path, ...
Option SwitchOption(std::string name, std::string help, bool& target);
Option PathOption(std::string name, std::string value_name, std::string help,
                  std::optional<std::filesystem::path>& target);
/// One of `choices`; `store` gets its place among them.
Option ChoiceOption(std::string name, std::string help, std::vector<std::string> choices,
                    std::function<void(size_t)> store);
/// A whole number from `low` to `high`; `T` is int or an optional of it.
template <class T>
Option IntegerOption(std::string name, std::string value_name, std::string help, int low, int high,
                     T& target) {
  Option option{
      .name = std::move(name), .value_name = std::move(value_name), .help = std::move(help)};
  option.set = [low, high, &target](const std::string& text) {
    return Store(ParseInteger(text, low, high), target);
  };
  return option;
}
/// The same with "N" as the value's name.
Option CountOption(std::string name, std::string help, int low, int high, int& target);
/// A comma-separated list of any words.
Option WordsOption(std::string name, std::string value_name, std::string help,
                   std::vector<std::string>& target);
/// A comma-separated list of `choices`.
Option ListOption(std::string name, std::string help, std::vector<std::string> choices,
                  std::vector<std::string>& target);

}  // namespace reelbatch::app
