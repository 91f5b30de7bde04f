#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/model.h"
#include "inference/openvino/openvino_model.h"

namespace reelbatch::inference {

/// What a worker is asked to load.
struct ModelOrder {
  std::filesystem::path folder = {};
  OpenVinoOptions options = {};
};

/// The texts of messages, JSON. Errors of those that read: corrupt.
std::string OrderJson(const ModelOrder& order);
base::Result<ModelOrder> ReadOrder(std::string_view text);
std::string UsedJson(const contracts::ModelUsed& used);
base::Result<contracts::ModelUsed> ReadUsed(std::string_view text);
std::string ErrorJson(const base::Error& error);
base::Result<base::Error> ReadError(std::string_view text);

}  // namespace reelbatch::inference
