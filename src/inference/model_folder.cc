#include "inference/model_folder.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace reelbatch::inference {
namespace {

using Json = nlohmann::json;

constexpr const char* kSchema = "reelbatch_model_v1";
constexpr const char* kWeights = "model.bin";
constexpr const char* kAgain = "make it anew with tools/fetch-models";

/// Reads fields; the first that is wrong is what is told.
class Reader {
 public:
  Reader(const Json& document, std::string name) : document_(document), name_(std::move(name)) {}

  std::string Text(const char* field) {
    const auto value = document_.find(field);
    if (value != document_.end() && value->is_string()) return value->get<std::string>();
    Reject(field, "is no text");
    return {};
  }

  std::vector<contracts::TensorSpec> Tensors(const char* field) {
    std::vector<contracts::TensorSpec> specs;
    const auto list = document_.find(field);
    if (list == document_.end() || !list->is_array() || list->empty()) {
      Reject(field, "is no list of tensors");
      return specs;
    }
    for (const Json& one : *list) {
      auto spec = Tensor(one);
      if (!spec) {
        Reject(field, "holds an entry that is not {name, type: f32|i32|i64|u8, shape: [-1, ...]}");
        return {};
      }
      specs.push_back(std::move(*spec));
    }
    return specs;
  }

  std::map<std::string, std::string> Files() {
    std::map<std::string, std::string> files;
    const auto list = document_.find("files");
    if (list == document_.end() || !list->is_object() || !list->contains("model.xml")) {
      Reject("files", "names no model.xml");
      return files;
    }
    for (const auto& [name, digest] : list->items()) {
      const bool plain = name.find('/') == std::string::npos && digest.is_string();
      if (!plain) Reject("files", "holds an entry that is not a file of the folder and its digest");
      if (plain) files.emplace(name, digest.get<std::string>());
    }
    return files;
  }

  void Reject(const char* field, const std::string& why) {
    if (!error_)
      error_ = base::Error{.code = base::Code::kCorrupt,
                           .message = why + "; " + kAgain,
                           .context = name_ + ": " + field};
  }
  const std::optional<base::Error>& error() const { return error_; }

 private:
  static std::optional<contracts::TensorSpec> Tensor(const Json& one) {
    if (!one.is_object() || !one.contains("name") || !one["name"].is_string() ||
        !one.contains("type") || !one["type"].is_string())
      return {};
    if (!one.contains("shape") || !one["shape"].is_array() || one["shape"].empty()) return {};
    const auto type = contracts::ElementTypeOf(one["type"].get<std::string>());
    if (!type) return {};
    contracts::TensorSpec spec{.name = one["name"].get<std::string>(), .type = *type};
    for (const Json& size : one["shape"]) {
      if (!size.is_number_integer() || size.get<int64_t>() < -1 || size.get<int64_t>() == 0)
        return {};
      spec.shape.push_back(size.get<int64_t>());
    }
    return spec;
  }

  const Json& document_;
  const std::string name_;
  std::optional<base::Error> error_;
};

}  // namespace

base::Result<ModelFolder> ReadModelFolder(const std::filesystem::path& path) {
  const std::filesystem::path file = path / "model.json";
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return base::Fail(base::Code::kIo,
                      "there is no model here; tools/fetch-models fetches what reelbatch knows",
                      file.string());
  }
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object())
    return base::Fail(base::Code::kCorrupt, fmt::format("is not valid JSON; {}", kAgain),
                      file.string());
  Reader reader(document, file.string());
  if (const std::string schema = reader.Text("schema"); schema != kSchema) {
    reader.Reject("schema", fmt::format("is '{}', not '{}'", schema, kSchema));
  }
  ModelFolder folder{.path = path,
                     .title = reader.Text("title"),
                     .licence = reader.Text("licence"),
                     .source = reader.Text("source")};
  contracts::ModelUsed& used = folder.description.used;
  used.model_name = reader.Text("name");
  used.model_version = reader.Text("version");
  used.weights_digest = reader.Text("weights_digest");
  used.precision = reader.Text("precision");
  folder.description.inputs = reader.Tensors("inputs");
  folder.description.outputs = reader.Tensors("outputs");
  folder.files = reader.Files();
  if (reader.error()) return std::unexpected(*reader.error());
  return folder;
}

base::Result<std::string> CheckFiles(const ModelFolder& folder) {
  std::map<std::string, std::string> expected = folder.files;
  std::error_code ignored;
  if (std::filesystem::exists(folder.path / kWeights, ignored)) expected.try_emplace(kWeights);
  std::string all;
  for (const auto& [name, digest] : expected) {
    const auto found = base::Sha256HexOfFile(folder.path / name, nullptr);
    if (!found) return std::unexpected(found.error());
    if (!digest.empty() && "sha256:" + *found != digest) {
      return base::Fail(
          base::Code::kCorrupt,
          fmt::format("is not the file that model.json names (digest {}); {}", digest, kAgain),
          (folder.path / name).string());
    }
    all += fmt::format("{} {}\n", name, *found);
  }
  return "sha256:" + base::Sha256Hex(all);
}

}  // namespace reelbatch::inference
