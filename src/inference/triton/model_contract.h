#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/model.h"
#include "kserve_v2.pb.h"

namespace reelbatch::inference {

/// The protocol's name of a type: "FP32", "INT32", "INT64" or "UINT8".
std::string_view DatatypeOf(contracts::ElementType type);
/// The type with this name; none if our tensors cannot have this type.
std::optional<contracts::ElementType> ElementTypeOf(std::string_view datatype);

/// What a server states about one model.
struct ServedModel {
  ::inference::ModelMetadataResponse metadata = {};
  /// The configuration, which only Triton has.
  std::optional<::inference::ModelConfig> config = std::nullopt;
};

/// The version that all further calls ask for: `wanted`, or the highest number of the versions that
/// the server has, or "" if the server has no numbers.
std::string PinnedVersion(const ::inference::ModelMetadataResponse& metadata,
                          const std::string& wanted);

/// The description of the model with which OpenTritonModel() goes on. `version` is the result of
/// PinnedVersion().
/// Errors: contract  the message names the model, the tensor and the field
base::Result<contracts::ModelDescription> DescribeServed(
    const ServedModel& served, const std::string& version,
    const std::optional<contracts::ModelDescription>& expected);

}  // namespace reelbatch::inference
