#include "apps/reelbatch/config_file.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <system_error>

#include "apps/reelbatch/suggest.h"
#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInputs = "inputs";
constexpr std::uintmax_t kMaxBytes = 1 << 20;

/// Hears a document out and keeps nothing.
class DeafHandler final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}
};

/// 0, 1, or 2 for more. Not YAML::LoadAll, which finds documents without end in ",a: b:"
/// (yaml-cpp 0.7).
int DocumentsIn(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DeafHandler deaf;
  int documents = 0;
  while (documents < 2 && parser.HandleNextDocument(deaf)) ++documents;
  return documents;
}

/// Errors of one file, with their place in it.
class Reader {
 public:
  Reader(const fs::path& path, const OptionTable& table, std::vector<std::string>& inputs)
      : name_(ShellQuote(path.native())), path_(path), table_(table), inputs_(inputs) {}

  base::Status Read() {
    const auto text = ReadText();
    if (!text) return std::unexpected(text.error());
    try {
      const int documents = DocumentsIn(*text);
      if (documents == 0) return {};
      if (documents > 1) return Fail({}, "holds more than one document");
      return ReadMap(YAML::Load(*text));
    } catch (const YAML::Exception& error) {
      return Fail(error.mark, "is not valid YAML: " + OneLine(error.msg));
    }
  }

 private:
  std::unexpected<base::Error> Fail(const YAML::Mark& mark, std::string message) const {
    const std::string place = mark.is_null() || mark.line < 0
                                  ? name_
                                  : fmt::format("{}:{}:{}", name_, mark.line + 1, mark.column + 1);
    return base::Fail(base::Code::kInvalidArgument, std::move(message), place);
  }

  base::Result<std::string> ReadText() const {
    const YAML::Mark nowhere = YAML::Mark::null_mark();
    std::error_code error;
    const fs::file_status status = fs::status(path_, error);
    if (!fs::exists(status)) return Fail(nowhere, "no such file; --config takes a YAML file");
    if (fs::is_directory(status)) return Fail(nowhere, "the configuration file is a folder");
    std::ifstream file(path_, std::ios::binary);
    if (!file) return Fail(nowhere, "the configuration file cannot be read: check its permissions");
    std::string text(kMaxBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(file.gcount()));
    if (text.size() > kMaxBytes) {
      return Fail(nowhere, "is larger than 1 MiB, which no configuration file is");
    }
    if (text.find('\0') != std::string::npos) {
      return Fail(nowhere, "is a binary file, not a configuration file");
    }
    return text;
  }

  base::Status ReadMap(const YAML::Node& root) {
    if (root.IsNull()) return {};
    if (!root.IsMap()) return Fail(root.Mark(), "is not a list of `option: value` lines");
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
    if (!value.IsSequence()) return Fail(value.Mark(), "inputs: takes a name or a list of names");
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
                  fmt::format("unknown key '{}'{}", OneLine(name), DidYouMean(name, keys)));
    }
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
      return Fail(value.IsNull() ? key.Mark() : value.Mark(),
                  fmt::format("{}: takes one value, not {}", name, what));
    }
    if (const auto stored = option->set(text); !stored) {
      return Fail(value.Mark(), fmt::format("{}: {}", name, stored.error().message));
    }
    return {};
  }

  std::string name_;
  const fs::path& path_;
  const OptionTable& table_;
  std::vector<std::string>& inputs_;
};

}  // namespace

base::Status ApplyConfigFile(const fs::path& path, const OptionTable& table,
                             std::vector<std::string>& inputs) {
  return Reader(path, table, inputs).Read();
}

}  // namespace reelbatch::app
