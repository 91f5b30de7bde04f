#include "inference/model_folder.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/json_fields.h"

namespace reelbatch::inference {
namespace {

constexpr const char* kSchema = "reelbatch_model_v1";
constexpr const char* kWeights = "model.bin";
constexpr const char* kAgain = "fetch it again with `reelbatch models fetch`";

/// {name, type, shape}.
contracts::TensorSpec ReadTensor(base::JsonFields& fields) {
  contracts::TensorSpec spec{.name = fields.Text("name")};
  const auto type = contracts::ElementTypeOf(fields.Text("type"));
  if (!type) fields.Reject("type", "f32, i32, i64 or u8");
  spec.type = type.value_or(spec.type);
  const base::Json& shape = fields.At("shape");
  bool sound = shape.is_array() && !shape.empty();
  for (size_t k = 0; sound && k < shape.size(); ++k) {
    const int64_t size = shape[k].is_number_integer() ? shape[k].get<int64_t>() : 0;
    sound = size >= -1 && size != 0;
    spec.shape.push_back(size);
  }
  if (!sound) fields.Reject("shape", "a list of sizes: [-1, ...]");
  return spec;
}

std::vector<contracts::TensorSpec> Tensors(base::JsonFields& fields, const char* key) {
  std::vector<contracts::TensorSpec> specs;
  for (base::JsonFields& tensor : fields.Objects(key)) specs.push_back(ReadTensor(tensor));
  if (specs.empty()) fields.Reject(key, "a list of tensors");
  return specs;
}

/// The digest of each, by its name.
std::map<std::string, std::string> Files(base::JsonFields fields) {
  std::map<std::string, std::string> files;
  if (!fields.Has("model.xml")) fields.Reject("model.xml", "the digest of this file");
  for (const auto& [name, digest] : fields.json().items()) {
    if (name.find('/') != std::string::npos) fields.Fail(name, "is not a file in this folder");
    files.emplace(name, fields.Text(name));
  }
  return files;
}

ModelFolder Read(base::JsonFields& fields) {
  ModelFolder folder;
  if (fields.Text("schema") != kSchema) fields.Reject("schema", fmt::format("'{}'", kSchema));
  folder.title = fields.Text("title");
  folder.licence = fields.Text("licence");
  folder.source = fields.Text("source");
  contracts::ModelUsed& used = folder.description.used;
  used.model_name = fields.Text("name");
  used.model_version = fields.Text("version");
  used.weights_digest = fields.Text("weights_digest");
  used.precision = fields.Text("precision");
  folder.description.inputs = Tensors(fields, "inputs");
  folder.description.outputs = Tensors(fields, "outputs");
  folder.files = Files(fields.Object("files"));
  return folder;
}

}  // namespace

base::Result<ModelFolder> ReadModelFolder(const std::filesystem::path& path) {
  const std::filesystem::path file = path / "model.json";
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return base::Fail(base::Code::kIo,
                      fmt::format("there is no model in this folder; fetch it with `reelbatch "
                                  "models fetch --models {}`",
                                  path.parent_path().string()),
                      file.string());
  }
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  auto folder = base::ReadObject(text, file.string(), Read);
  if (!folder) {
    folder.error().message += fmt::format("; {}", kAgain);
    return folder;
  }
  folder->path = path;
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
          fmt::format("is not the file that model.json describes (its digest is {}); {}", digest,
                      kAgain),
          (folder.path / name).string());
    }
    all += fmt::format("{} {}\n", name, *found);
  }
  return "sha256:" + base::Sha256Hex(all);
}

}  // namespace reelbatch::inference
