#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contracts/tensor.h"

namespace reelbatch::contracts {

/// A tensor of a model, without the batch dimension if it has one: shape[0] is then -1. -1
/// elsewhere: any size.
struct TensorSpec {
  std::string name = {};
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> shape = {};
};

/// A model as it went into an artifact: manifests list it in models_used. "unknown" where a field
/// is not known. Source: docs/requirements.md, "Model signature".
struct ModelUsed {
  std::string model_name = "unknown";
  std::string model_version = "unknown";
  std::string weights_digest =
      "unknown";  // "sha256:..."; of a served model "provided_by_deploy" unless declared
  std::string runtime = "unknown";    // "inprocess", "triton"
  std::string engine = "unknown";     // "openvino 2026.4.1", a server's platform or backend
  std::string precision = "unknown";  // "f32"
  std::string device = "unknown";     // "cpu"
  /// Of the files that were loaded, "sha256:..."; empty if we cannot read them (a
  /// served model). Not part of ModelSignature(), but of the key of a result: weights_digest is
  /// what the model declares, this is what the files have.
  std::string files_digest = {};
  friend bool operator==(const ModelUsed&, const ModelUsed&) = default;
};

/// SHA-256 hex of the canonical JSON of `models`, in the order of their fields' values; "N/A"
/// without any. The batch size is not part of it. Source: docs/requirements.md, "Model signature".
std::string ModelSignature(std::vector<ModelUsed> models);

/// The facts about a model before it runs.
struct ModelDescription {
  ModelUsed used = {};
  std::vector<TensorSpec> inputs = {};
  std::vector<TensorSpec> outputs = {};
  int max_batch = 0;  // 0: no limit is known
};

}  // namespace reelbatch::contracts
