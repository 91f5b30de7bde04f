#include "apps/reelbatch/common_options.h"

namespace reelbatch::app {

Option ChoiceOption(std::string name, std::string help, std::vector<std::string> choices,
                    std::function<void(size_t)> store) {
  Option option{.name = std::move(name), .value_name = "NAME", .help = std::move(help)};
  option.set = [choices = std::move(choices),
                store = std::move(store)](const std::string& text) -> base::Status {
    const auto index = ParseChoice(text, choices);
    if (!index) return std::unexpected(index.error());
    store(*index);
    return {};
  };
  return option;
}

Option SwitchOption(std::string name, std::string help, bool& target) {
  Option option{
      .name = std::move(name), .takes = Takes::kNothing, .value_name = "", .help = std::move(help)};
  option.set = [&target](const std::string& text) { return Store(ParseSwitch(text), target); };
  return option;
}

Option CountOption(std::string name, std::string help, int low, int high, int& target) {
  return IntegerOption(std::move(name), "N", std::move(help), low, high, target);
}

Option WordsOption(std::string name, std::string value_name, std::string help,
                   std::vector<std::string>& target) {
  Option option{.name = std::move(name),
                .value_name = std::move(value_name),
                .help = std::move(help),
                .is_list = true};
  option.set = [&target](const std::string& text) -> base::Status {
    target = SplitAtCommas(text);
    return {};
  };
  return option;
}

Option ListOption(std::string name, std::string help, std::vector<std::string> choices,
                  std::vector<std::string>& target) {
  Option option{
      .name = std::move(name), .value_name = "LIST", .help = std::move(help), .is_list = true};
  option.set = [choices = std::move(choices), &target](const std::string& text) {
    return Store(ParseChoices(text, choices), target);
  };
  return option;
}

Option PathOption(std::string name, std::string value_name, std::string help,
                  std::optional<std::filesystem::path>& target) {
  Option option{
      .name = std::move(name), .value_name = std::move(value_name), .help = std::move(help)};
  option.set = [&target](const std::string& text) -> base::Status {
    if (text.empty()) return base::Fail(base::Code::kInvalidArgument, "the path is empty");
    target = text;
    return {};
  };
  return option;
}

void AddCommonOptions(OptionTable& table, CommonOptions& options, bool json) {
  table.Group("Common options");
  if (json)
    table.Add(SwitchOption(
        "json", "Print one JSON document on stdout; everything else goes to stderr", options.json));
  Option quiet =
      SwitchOption("quiet", "Print results and errors only: no progress, no notes", options.quiet);
  quiet.letter = 'q';
  table.Add(std::move(quiet));
  Option verbose{.name = "verbose",
                 .letter = 'v',
                 .takes = Takes::kNothing,
                 .value_name = "",
                 .help = "Print more details; -vv prints even more"};
  verbose.set = [&options](const std::string& text) -> base::Status {
    const auto on = ParseSwitch(text);
    if (!on) return std::unexpected(on.error());
    options.verbosity = *on ? options.verbosity + 1 : 0;
    return {};
  };
  table.Add(std::move(verbose));
  Option color = ChoiceOption(
      "color", "Colour the output: auto, always or never (default auto; NO_COLOR is honoured)",
      {"auto", "always", "never"},
      [&options](size_t i) { options.color = static_cast<ColorMode>(i); });
  color.value_name = "WHEN";
  table.Add(std::move(color));
  table.Add(IntegerOption("threads", "N",
                          "Use N CPU threads (default: one per core that this process may use)", 1,
                          kMaxThreads, options.threads));
  Option help = SwitchOption("help", "Print this help and exit", options.help);
  help.letter = 'h';
  help.in_config = false;
  table.Add(std::move(help));
}

}  // namespace reelbatch::app
