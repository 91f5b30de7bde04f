#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/model.h"
#include "kserve_v2.pb.h"

namespace reelbatch::inference {

/// "FP32", "INT32", "INT64", "UINT8": the protocol's word for a type.
std::string_view DatatypeOf(contracts::ElementType type);
/// None: a type that tensors of ours do not have.
std::optional<contracts::ElementType> ElementTypeOf(std::string_view datatype);

/// What a server says of one model.
struct ServedModel {
  ::inference::ModelMetadataResponse metadata = {};
  std::optional<::inference::ModelConfig> config =
      std::nullopt;  // Triton's own; other servers have none
};

/// The version to ask for from here on: `wanted`, or the highest number of those that are there, or
/// "" where the server numbers none.
std::string PinnedVersion(const ::inference::ModelMetadataResponse& metadata,
                          const std::string& wanted);

/// The model as it will be used: see OpenTritonModel(). `version` as pinned.
/// Errors: contract (message names model, tensor and field)
base::Result<contracts::ModelDescription> DescribeServed(
    const ServedModel& served, const std::string& version,
    const std::optional<contracts::ModelDescription>& expected);

}  // namespace reelbatch::inference
