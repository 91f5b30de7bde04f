#include "apps/reelbatch/yaml_file.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

base::Result<YamlFile> YamlFile::Read(const fs::path& path, std::string_view what) {
  YamlFile file(ShellQuote(path.native()), what);
  const auto text = file.ReadText(path);
  if (!text) return std::unexpected(text.error());
  try {
    const int documents = DocumentsIn(*text);
    if (documents > 1) return file.Fail({}, "must have only one YAML document");
    if (documents == 1) file.root_ = YAML::Load(*text);
    return file;
  } catch (const YAML::Exception& error) {
    return file.Fail(error.mark, "is not valid YAML: " + OneLine(error.msg));
  }
}

std::unexpected<base::Error> YamlFile::Fail(const YAML::Mark& mark, std::string message) const {
  const std::string place = mark.is_null() || mark.line < 0
                                ? name_
                                : fmt::format("{}:{}:{}", name_, mark.line + 1, mark.column + 1);
  return base::Fail(base::Code::kInvalidArgument, std::move(message), place);
}

base::Result<std::string> YamlFile::ReadText(const fs::path& path) const {
  const YAML::Mark nowhere = YAML::Mark::null_mark();
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status))
    return Fail(nowhere, fmt::format("no such file; the {} is a YAML file", what_));
  if (fs::is_directory(status)) return Fail(nowhere, fmt::format("the {} is a folder", what_));
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Fail(nowhere, fmt::format("the {} cannot be read: check its permissions", what_));
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMaxBytes) {
    return Fail(nowhere, fmt::format("is larger than 1 MiB, the limit for a {}", what_));
  }
  if (text.find('\0') != std::string::npos) {
    return Fail(nowhere, fmt::format("is a binary file, not a {}", what_));
  }
  return text;
}

}  // namespace reelbatch::app
