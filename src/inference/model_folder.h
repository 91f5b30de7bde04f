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
  std::string source = {};  // package, version and file that the weights are from
  /// runtime, engine and device are not known yet.
  contracts::ModelDescription description = {};
  std::map<std::string, std::string> files = {};  // "sha256:..." by name

  std::filesystem::path graph() const { return path / "model.xml"; }
};

/// Reads model.json.
/// Errors: io       (no such folder, or no model.json in it: names the command that fetches it)
///         corrupt  (not such a document; context is "file: field")
base::Result<ModelFolder> ReadModelFolder(const std::filesystem::path& path);

/// One digest, "sha256:...", over the names and the contents of the files that make the model:
/// those that model.json names, and model.bin where it lies there, named or not. So that weights
/// that were changed are noticed whatever model.json says of them. Errors: io (cannot be read),
/// corrupt (not as model.json says: names the file).
base::Result<std::string> CheckFiles(const ModelFolder& folder);

}  // namespace reelbatch::inference
