#include "apps/reelbatch/config_file.h"

#include <fmt/format.h>

#include <set>

#include "apps/reelbatch/terminal.h"
#include "apps/reelbatch/yaml_file.h"
#include "base/suggest.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInputs = "inputs";
/// Errors of one file, with their place in it.
class Reader {
 public:
  Reader(const YamlFile& file, const OptionTable& table, std::vector<std::string>& inputs)
      : file_(file), table_(table), inputs_(inputs) {}

  base::Status Read() {
    try {
      return ReadMap(file_.root());
    } catch (const YAML::Exception& error) {
      return Fail(error.mark, "is not valid YAML: " + OneLine(error.msg));
    }
  }

 private:
  std::unexpected<base::Error> Fail(const YAML::Mark& mark, std::string message) const {
    return file_.Fail(mark, std::move(message));
  }

  base::Status ReadMap(const YAML::Node& root) {
    if (root.IsNull()) return {};
    if (!root.IsMap()) return Fail(root.Mark(), "must be a list of `option: value` lines");
    std::set<std::string> seen;
    for (const auto& entry : root) {
      const YAML::Node& key = entry.first;
      if (!key.IsScalar()) return Fail(key.Mark(), "a key must be the name of an option");
      const std::string& name = key.Scalar();
      if (!seen.insert(name).second)
        return Fail(key.Mark(), fmt::format("'{}' is given twice", OneLine(name)));
      const auto read = name == kInputs ? ReadInputs(entry.second) : ReadOption(key, entry.second);
      if (!read) return read;
    }
    return {};
  }

  base::Status ReadInputs(const YAML::Node& value) {
    if (value.IsScalar()) {
      inputs_ = {value.Scalar()};
      return {};
    }
    if (!value.IsSequence()) return Fail(value.Mark(), "inputs: must be a name or a list of names");
    std::vector<std::string> names;
    for (const YAML::Node& name : value) {
      if (!name.IsScalar()) return Fail(name.Mark(), "inputs: every entry must be a name");
      names.push_back(name.Scalar());
    }
    inputs_ = std::move(names);
    return {};
  }

  base::Status ReadOption(const YAML::Node& key, const YAML::Node& value) {
    const std::string& name = key.Scalar();
    const Option* option = table_.Find(name);
    if (option == nullptr || !option->in_config) {
      std::vector<std::string> keys = table_.Names(false, true);
      keys.emplace_back(kInputs);
      return Fail(key.Mark(),
                  fmt::format("unknown key '{}'{}", OneLine(name), base::DidYouMean(name, keys)));
    }
    if (value.IsMap() && option->by_component) return ReadByComponent(*option, value);
    std::string text;
    if (value.IsScalar()) {
      text = value.Scalar();
    } else if (value.IsSequence() && option->is_list) {
      for (const YAML::Node& word : value) {
        if (!word.IsScalar())
          return Fail(word.Mark(), fmt::format("{}: every entry must be a word", name));
        text += (text.empty() ? "" : ",") + word.Scalar();
      }
    } else {
      const std::string_view what = value.IsNull() ? "nothing" : value.IsMap() ? "a map" : "a list";
      return Fail(
          value.IsNull() ? key.Mark() : value.Mark(),
          fmt::format("{}: must be one value{}, not {}", name,
                      option->by_component ? ", or one per component: {all: 15, NAME: 5}" : "",
                      what));
    }
    if (const auto stored = option->set(text); !stored) {
      return Fail(value.Mark(), fmt::format("{}: {}", name, stored.error().message));
    }
    return {};
  }

  /// "analysis-fps: {all: 15, core_optical_flow: 5}"
  base::Status ReadByComponent(const Option& option, const YAML::Node& map) {
    std::set<std::string> seen;
    for (const auto& entry : map) {
      const YAML::Node& name = entry.first;
      const YAML::Node& value = entry.second;
      if (!name.IsScalar() || !value.IsScalar()) {
        return Fail(value.IsNull() ? name.Mark() : value.Mark(),
                    fmt::format("{}: must have one value for each component", option.name));
      }
      if (!seen.insert(name.Scalar()).second) {
        return Fail(name.Mark(),
                    fmt::format("{}: '{}' is given twice", option.name, OneLine(name.Scalar())));
      }
      if (const auto stored = option.set(name.Scalar() + "=" + value.Scalar()); !stored)
        return Fail(value.Mark(), fmt::format("{}: {}", option.name, stored.error().message));
    }
    return {};
  }

  const YamlFile& file_;
  const OptionTable& table_;
  std::vector<std::string>& inputs_;
};

}  // namespace

base::Status ApplyConfigFile(const fs::path& path, const OptionTable& table,
                             std::vector<std::string>& inputs) {
  const auto file = YamlFile::Read(path, "configuration file");
  if (!file) return std::unexpected(file.error());
  return Reader(*file, table, inputs).Read();
}

}  // namespace reelbatch::app
