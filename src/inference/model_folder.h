#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "contracts/model.h"

namespace reelbatch::inference {

/// A model on disk: MODELS/<name>/{model.json,model.xml,model.bin}, as `reelbatch models fetch`
/// makes it.
struct ModelFolder {
  std::filesystem::path path = {};
  std::string title = {};
  std::string licence = {};
  std::string source = {};  // package, version and file of the weights
  /// runtime, engine and device are not known yet.
  contracts::ModelDescription description = {};
  std::map<std::string, std::string> files = {};  // "sha256:..." by name

  std::filesystem::path graph() const { return path / "model.xml"; }
};

/// Reads model.json.
/// Errors: io       (the folder or its model.json is missing; the message names the command)
///         corrupt  (the document is wrong; the context is "file: field")
base::Result<ModelFolder> ReadModelFolder(const std::filesystem::path& path);

/// One digest, "sha256:...", over the names and contents of the files of the model:
/// those in model.json, and model.bin if it exists, even if model.json does not name it. So changed
/// weights are detected, whatever model.json says. Errors: io (cannot be read),
/// corrupt (differs from model.json; the message names the file).
base::Result<std::string> CheckFiles(const ModelFolder& folder);

}  // namespace reelbatch::inference
